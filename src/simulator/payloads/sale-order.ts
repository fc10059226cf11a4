// A sale.order as Odoo sends it; its access_token stands for the secrets that payloads can hold.
// Never decides what changes; it only says what a change looks like.

import { naiveMicroseconds, naiveSeconds } from '../python/json-writer';
import { pick } from '../random';
import { all, NO_RECORD } from './form';
import type { PayloadForm } from './form';
import { COMPANIES, NOTES, PRODUCTS } from './names';

export const SALE_ORDER: PayloadForm = {
  ruleName: 'Sale Orders',
  changedFields: ['state', 'amount_total'],
  displayName: (change) => orderName(change.recordId),
  blanks: (change, draws) => {
    const untaxed = (draws.ofChange % 1_000_000) / 100;
    const tax = Math.round(untaxed * 15) / 100;
    return {
      recordId: change.recordId,
      name: orderName(change.recordId),
      note: pick(NOTES, draws.ofRecord),
      state: pick(['draft', 'sent', 'sale'], draws.ofChange),
      product: pick(PRODUCTS, draws.ofRecord),
      lineOne: change.recordId * 2 - 1,
      lineTwo: change.recordId * 2,
      partnerId: (draws.ofRecord % 500) + 1,
      partner: pick(COMPANIES, draws.ofRecord),
      reference: `PO/٢٠٢٦/${change.serial}`,
      accessToken: `simulated-token-${draws.ofRecord}`,
      untaxed,
      tax,
      total: Math.round((untaxed + tax) * 100) / 100,
      orderedAt: naiveSeconds(change.occurredAtMs),
      writtenAt: naiveMicroseconds(change.occurredAtMs, change.serial),
    };
  },
  fields: {
    ...all(false, 'locked', 'origin', 'reference', 'signature', 'signed_by', 'signed_on', 'effective_date'),
    ...all(false, 'delivery_status', 'require_payment', 'show_update_fpos', 'incoterm_location'),
    ...all(false, 'show_update_pricelist'),
    ...all([], 'tag_ids', 'picking_ids', 'transaction_ids', 'website_message_ids'),
    ...all(NO_RECORD, 'incoterm', 'medium_id', 'source_id', 'journal_id', 'campaign_id', 'pricelist_id'),
    ...all(NO_RECORD, 'payment_term_id', 'fiscal_position_id', 'procurement_group_id'),
    ...all(NO_RECORD, 'pending_email_template_id'),
    ...all({ id: 1, name: 'My Company' }, 'company_id', 'warehouse_id'),
    ...all(
      { id: '{{partnerId}}', name: '{{partner}}' },
      'partner_id',
      'partner_invoice_id',
      'partner_shipping_id',
    ),
    ...all('{{writtenAt}}', 'write_date', 'create_date'),
    id: '{{recordId}}',
    name: '{{name}}',
    note: '{{note}}',
    state: '{{state}}',
    team_id: { id: 1, name: 'Sales' },
    user_id: { id: 2, name: 'Administrator' },
    amount_tax: '{{tax}}',
    date_order: '{{orderedAt}}',
    order_line: [
      { id: '{{lineOne}}', name: '{{name}} - {{product}} (X1)' },
      { id: '{{lineTwo}}', name: '{{name}} - {{product}} (X1)' },
    ],
    currency_id: { id: 1, name: 'USD' },
    access_token: '{{accessToken}}',
    amount_total: '{{total}}',
    currency_rate: 1,
    validity_date: '2026-12-31',
    amount_untaxed: '{{untaxed}}',
    invoice_status: 'to invoice',
    picking_policy: 'direct',
    commitment_date: '2026-12-15T14:30:00',
    client_order_ref: '{{reference}}',
    require_signature: true,
    prepayment_percent: 1,
  },
};

function orderName(recordId: number): string {
  return `S${String(recordId).padStart(5, '0')}`;
}
