// Names and texts that the simulated records carry.
// Arabic, quotes, an emoji and HTML are here on purpose: they are what breaks encodings and fingerprints.

export const COMPANIES = [
  'مؤسسة الأمل "القابضة" 🚀',
  'شركة النور للتجارة',
  'Al Waha Trading Est.',
  'مجموعة الخليج الطبية',
  'Café Zürich & Söhne',
  'متجر زهرة المدائن',
] as const;

export const CITIES = ['جدة', 'الرياض', 'Dammam', 'المدينة المنورة', 'Abha'] as const;

export const PRODUCTS = [
  'قهوة عربية 1kg',
  'تمر سكري فاخر',
  'Cardamom 250 g',
  'زعفران',
  'Desk "Oak" 160×80',
] as const;

export const NOTES = [
  '<p>ملاحظة &amp; <b>html</b></p>',
  '<p>شكرا</p>',
  '<p>Contact created</p>',
  '<p>يرجى الاتصال بالعميل قبل التسليم</p>',
] as const;
