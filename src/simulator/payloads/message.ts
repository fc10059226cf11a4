// A mail.message as Odoo sends it: its own `model` and `id` collide with those of the event.
// Never decides what changes; it only says what a change looks like.

import { naiveMicroseconds, naiveSeconds } from '../python/json-writer';
import { pick } from '../random';
import { all, NO_RECORD } from './form';
import type { PayloadForm } from './form';
import { NOTES } from './names';

export const MESSAGE: PayloadForm = {
  ruleName: 'mail.message',
  changedFields: ['body'],
  displayName: () => false,
  blanks: (change, draws) => ({
    recordId: change.recordId,
    body: pick(NOTES, draws.ofChange),
    aboutModel: pick(['res.partner', 'sale.order', 'product.template'], draws.ofRecord),
    aboutId: (draws.ofRecord % 500) + 1,
    messageId: `<${draws.ofRecord}.${draws.ofChange}-openerp-message-notify@simulator>`,
    sentAt: naiveSeconds(change.occurredAtMs),
    writtenAt: naiveMicroseconds(change.occurredAtMs, change.serial),
  }),
  fields: {
    ...all(false, 'subject', 'pinned_at', 'record_name', 'email_layout_xmlid', 'reply_to_force_new'),
    ...all(false, 'email_add_signature'),
    ...all([], 'mail_ids', 'child_ids', 'letter_ids', 'partner_ids', 'reaction_ids', 'attachment_ids'),
    ...all([], 'link_preview_ids', 'notification_ids', 'tracking_value_ids', 'starred_partner_ids'),
    ...all([], 'notified_partner_ids'),
    ...all(NO_RECORD, 'parent_id', 'mail_server_id', 'author_guest_id', 'record_company_id'),
    ...all(NO_RECORD, 'mail_activity_type_id', 'record_alias_domain_id'),
    ...all('"Administrator" <admin@example.com>', 'reply_to', 'email_from'),
    ...all('{{writtenAt}}', 'write_date', 'create_date'),
    id: '{{recordId}}',
    body: '{{body}}',
    date: '{{sentAt}}',
    model: '{{aboutModel}}',
    res_id: '{{aboutId}}',
    author_id: { id: 3, name: 'Administrator' },
    message_id: '{{messageId}}',
    subtype_id: { id: 2, name: 'Note' },
    is_internal: true,
    message_type: 'notification',
  },
};
