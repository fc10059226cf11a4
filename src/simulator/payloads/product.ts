// A product.template as Odoo sends it.
// Never decides what changes; it only says what a change looks like.

import { naiveMicroseconds } from '../python/json-writer';
import { pick } from '../random';
import { all, NO_RECORD } from './form';
import type { PayloadForm } from './form';
import { PRODUCTS } from './names';

export const PRODUCT: PayloadForm = {
  ruleName: 'Products',
  changedFields: ['list_price'],
  displayName: (change, draws) => `[${productCode(change.recordId)}] ${pick(PRODUCTS, draws.ofRecord)}`,
  blanks: (change, draws) => ({
    recordId: change.recordId,
    name: pick(PRODUCTS, draws.ofRecord),
    code: productCode(change.recordId),
    price: (draws.ofChange % 100_000_000) / 100,
    weight: (draws.ofRecord % 1000) / 100,
    image: draws.ofRecord % 2 === 0,
    writtenAt: naiveMicroseconds(change.occurredAtMs, change.serial),
  }),
  fields: {
    ...all(false, 'description', 'is_favorite', 'is_storable', 'lot_valuated', 'can_be_expensed'),
    ...all(false, 'product_properties', 'sale_line_warn_msg', 'description_picking', 'service_to_purchase'),
    ...all(false, 'description_purchase', 'description_pickingin', 'description_pickingout'),
    ...all(false, 'purchase_line_warn_msg', 'can_image_1024_be_zoomed', 'has_configurable_attributes'),
    ...all([], 'combo_ids', 'seller_ids', 'account_tag_ids', 'product_tag_ids', 'attribute_line_ids'),
    ...all([], 'variant_seller_ids', 'website_message_ids', 'optional_product_ids', 'product_document_ids'),
    ...all(NO_RECORD, 'company_id', 'location_id', 'warehouse_id', 'property_account_income_id'),
    ...all(NO_RECORD, 'property_account_expense_id', 'property_account_creditor_price_difference'),
    ...all('{{image}}', 'image_128', 'image_256', 'image_512', 'image_1024', 'image_1920'),
    ...all({ id: 1, name: 'Units' }, 'uom_id', 'uom_po_id'),
    ...all(true, 'active', 'sale_ok', 'purchase_ok'),
    ...all(0, 'color', 'volume', 'sale_delay'),
    ...all('no-message', 'sale_line_warn', 'purchase_line_warn'),
    ...all('{{writtenAt}}', 'write_date', 'create_date'),
    id: '{{recordId}}',
    name: '{{name}}',
    type: 'consu',
    weight: '{{weight}}',
    categ_id: { id: 1, name: 'All' },
    sequence: 1,
    taxes_id: [{ id: 1, name: '15%' }],
    tracking: 'none',
    route_ids: [{ id: 5, name: 'Buy' }],
    list_price: '{{price}}',
    default_code: '{{code}}',
    service_type: 'manual',
    expense_policy: 'no',
    invoice_policy: 'order',
    responsible_id: { id: 2, name: 'Administrator' },
    purchase_method: 'receive',
    description_sale: 'سطر أول\nسطر ثان',
    service_tracking: 'no',
    supplier_taxes_id: [{ id: 2, name: '15%' }],
    product_variant_ids: [{ id: '{{recordId}}', name: '[{{code}}] {{name}}' }],
    property_stock_inventory: { id: 14, name: 'Virtual Locations/Inventory adjustment' },
    property_stock_production: { id: 15, name: 'Virtual Locations/Production' },
  },
};

function productCode(recordId: number): string {
  return `AR-${String(recordId).padStart(3, '0')}`;
}
