/**
 * First two digits of a GB/T 2260 code. Only the province decides: county codes are abolished and founded every year
 * and stay on living people's cards, so an unknown county is never a refusal.
 */
const provinces: Readonly<Record<string, { readonly 'zh-Hans': string; readonly en: string }>> = {
  11: { 'zh-Hans': '北京市', en: 'Beijing' },
  12: { 'zh-Hans': '天津市', en: 'Tianjin' },
  13: { 'zh-Hans': '河北省', en: 'Hebei' },
  14: { 'zh-Hans': '山西省', en: 'Shanxi' },
  15: { 'zh-Hans': '内蒙古自治区', en: 'Inner Mongolia' },
  21: { 'zh-Hans': '辽宁省', en: 'Liaoning' },
  22: { 'zh-Hans': '吉林省', en: 'Jilin' },
  23: { 'zh-Hans': '黑龙江省', en: 'Heilongjiang' },
  31: { 'zh-Hans': '上海市', en: 'Shanghai' },
  32: { 'zh-Hans': '江苏省', en: 'Jiangsu' },
  33: { 'zh-Hans': '浙江省', en: 'Zhejiang' },
  34: { 'zh-Hans': '安徽省', en: 'Anhui' },
  35: { 'zh-Hans': '福建省', en: 'Fujian' },
  36: { 'zh-Hans': '江西省', en: 'Jiangxi' },
  37: { 'zh-Hans': '山东省', en: 'Shandong' },
  41: { 'zh-Hans': '河南省', en: 'Henan' },
  42: { 'zh-Hans': '湖北省', en: 'Hubei' },
  43: { 'zh-Hans': '湖南省', en: 'Hunan' },
  44: { 'zh-Hans': '广东省', en: 'Guangdong' },
  45: { 'zh-Hans': '广西壮族自治区', en: 'Guangxi' },
  46: { 'zh-Hans': '海南省', en: 'Hainan' },
  50: { 'zh-Hans': '重庆市', en: 'Chongqing' },
  51: { 'zh-Hans': '四川省', en: 'Sichuan' },
  52: { 'zh-Hans': '贵州省', en: 'Guizhou' },
  53: { 'zh-Hans': '云南省', en: 'Yunnan' },
  54: { 'zh-Hans': '西藏自治区', en: 'Tibet' },
  61: { 'zh-Hans': '陕西省', en: 'Shaanxi' },
  62: { 'zh-Hans': '甘肃省', en: 'Gansu' },
  63: { 'zh-Hans': '青海省', en: 'Qinghai' },
  64: { 'zh-Hans': '宁夏回族自治区', en: 'Ningxia' },
  65: { 'zh-Hans': '新疆维吾尔自治区', en: 'Xinjiang' },
  71: { 'zh-Hans': '台湾省', en: 'Taiwan' },
};

/** Residence permits of Hong Kong, Macao and Taiwan residents carry exactly these six digits. */
export const permitRegionCodes: ReadonlySet<string> = new Set(['810000', '820000', '830000']);

/** 示例县 in 浙江省: a county that does not exist, so that a synthetic number can belong to nobody. Demo only. */
export const demoRegionCode = '330199';

/** Name of the province a region code or its first two digits lies in; undefined when there is none. */
export function provinceName(code: string, language: 'zh-Hans' | 'en'): string | undefined {
  const prefix = code.slice(0, 2);
  return Object.hasOwn(provinces, prefix) ? provinces[prefix]?.[language] : undefined;
}

/** Whether the first two digits name a province. */
export function isProvince(prefix: string): boolean {
  return Object.hasOwn(provinces, prefix);
}
