// A res.partner as Odoo sends it: 104 fields, mostly empty.
// Never decides what changes; it only says what a change looks like.

import { naiveMicroseconds } from '../python/json-writer';
import { pick } from '../random';
import { all, NO_RECORD } from './form';
import type { PayloadForm } from './form';
import { CITIES, COMPANIES, NOTES } from './names';

export const PARTNER: PayloadForm = {
  ruleName: 'Partners',
  changedFields: ['phone', 'comment'],
  displayName: (_change, draws) => pick(COMPANIES, draws.ofRecord),
  blanks: (change, draws) => ({
    recordId: change.recordId,
    name: pick(COMPANIES, draws.ofRecord),
    city: pick(CITIES, draws.ofRecord),
    email: `partner${change.recordId}@example.test`,
    phone: `+966 50 ${String(draws.ofChange % 10_000_000).padStart(7, '0')}`,
    comment: pick(NOTES, draws.ofChange),
    image: draws.ofRecord % 3 === 0,
    writtenAt: naiveMicroseconds(change.occurredAtMs, change.serial),
  }),
  fields: {
    ...all(false, 'tz', 'ref', 'vat', 'zip', 'mobile', 'street', 'barcode', 'street2', 'website', 'employee'),
    ...all(
      false,
      'function',
      'peppol_eas',
      'signup_type',
      'company_name',
      'sale_warn_msg',
      'additional_info',
    ),
    ...all(false, 'peppol_endpoint', 'company_registry', 'invoice_warn_msg', 'picking_warn_msg'),
    ...all(false, 'purchase_warn_msg', 'phone_mobile_search', 'invoice_sending_method'),
    ...all(false, 'receipt_reminder_email', 'invoice_edi_format_store', 'ignore_abnormal_invoice_date'),
    ...all(false, 'ignore_abnormal_invoice_amount', 'display_invoice_template_pdf_report_id'),
    ...all(NO_RECORD, 'title', 'user_id', 'buyer_id', 'state_id', 'parent_id', 'company_id', 'industry_id'),
    ...all(NO_RECORD, 'property_payment_term_id', 'property_account_position_id'),
    ...all(NO_RECORD, 'property_purchase_currency_id', 'invoice_template_pdf_report_id'),
    ...all(NO_RECORD, 'property_supplier_payment_term_id', 'specific_property_product_pricelist'),
    ...all(NO_RECORD, 'property_inbound_payment_method_line_id', 'property_outbound_payment_method_line_id'),
    ...all([], 'bank_ids', 'user_ids', 'child_ids', 'channel_ids', 'invoice_ids', 'contract_ids'),
    ...all([], 'employee_ids', 'sale_order_ids', 'ref_company_ids', 'payment_token_ids', 'purchase_line_ids'),
    ...all([], 'starred_message_ids', 'website_message_ids'),
    ...all('no-message', 'sale_warn', 'invoice_warn', 'picking_warn', 'purchase_warn'),
    ...all('{{image}}', 'image_128', 'image_256', 'image_512', 'image_1024', 'image_1920'),
    ...all(0, 'color', 'debit_limit', 'partner_gid', 'credit_limit', 'customer_rank', 'supplier_rank'),
    ...all(0, 'message_bounce', 'partner_latitude', 'partner_longitude'),
    ...all(true, 'active', 'is_company', 'partner_share', 'is_coa_installed', 'display_invoice_edi_format'),
    ...all('{{name}}', 'name', 'complete_name', 'commercial_company_name'),
    ...all('{{email}}', 'email', 'email_normalized'),
    ...all('{{phone}}', 'phone', 'phone_sanitized'),
    ...all('{{writtenAt}}', 'write_date', 'create_date'),
    id: '{{recordId}}',
    city: '{{city}}',
    lang: 'en_US',
    type: 'contact',
    trust: 'normal',
    comment: '{{comment}}',
    autopost_bills: 'ask',
    country_id: { id: 192, name: 'Saudi Arabia' },
    category_id: [{ id: 1, name: 'عميل مميز' }],
    commercial_partner_id: { id: '{{recordId}}', name: '{{name}}' },
    property_stock_customer: { id: 5, name: 'Partners/Customers' },
    property_stock_supplier: { id: 4, name: 'Partners/Vendors' },
    reminder_date_before_receipt: 1,
    property_account_payable_id: { id: 16, name: '211000 Account Payable' },
    property_account_receivable_id: { id: 7, name: '121000 Account Receivable' },
  },
};
