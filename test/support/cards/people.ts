/** People on synthetic cards: the same for the same seed, numbered with a county code that does not exist (330199). */
import { checkCharacter, demoRegionCode, ethnicGroupName } from '../../../shared/id-card/index.ts';
import { createDice, type Dice } from './random.ts';

export interface CardPerson {
  readonly name: string;
  readonly sex: '男' | '女';
  readonly ethnicity: string;
  /** YYYY-MM-DD. */
  readonly birthdate: string;
  readonly address: string;
  readonly number: string;
  readonly authority: string;
  readonly validFrom: string;
  /** YYYY-MM-DD or 长期. */
  readonly validUntil: string;
}

const surnames = [
  ...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文',
  '欧阳',
  '司马',
  '诸葛',
];
/** Rare characters on purpose: harder than people are on average. */
const givenCharacters = [
  ...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉萍红娥玲芬燕彬鹏浩凯秋珊莎锦黛青倩婷姣婉娴瑾颖露瑶怡婵雁蓓纨仪荷丹蓉眉君琴蕊薇菁梦岚苑婕馨瑗琰韵融园艺咏卿聪澜纯毓悦昭冰爽琬茗羽希宁欣飘育滢馥筠柔竹霭凝晓欢霄枫芸菲寒伊亚宜可姬舒影荔枝思轩梓涵宇泽睿博瑞昊天佑嘉懿煜城弘文烨伟昱璟垚淼鑫犇焱',
];
const places = [
  ['北京市', '海淀区'],
  ['上海市', '浦东新区'],
  ['天津市', '武清区'],
  ['重庆市', '渝北区'],
  ['浙江省杭州市', '余杭区'],
  ['浙江省宁波市', '鄞州区'],
  ['江苏省苏州市', '吴江区'],
  ['江苏省南京市', '栖霞区'],
  ['广东省深圳市', '龙岗区'],
  ['广东省佛山市', '顺德区'],
  ['福建省泉州市', '晋江市'],
  ['山东省青岛市', '崂山区'],
  ['山东省临沂市', '沂水县'],
  ['河南省洛阳市', '涧西区'],
  ['河北省邯郸市', '永年区'],
  ['湖北省襄阳市', '樊城区'],
  ['湖南省长沙市', '岳麓区'],
  ['四川省绵阳市', '涪城区'],
  ['贵州省遵义市', '播州区'],
  ['云南省昆明市', '盘龙区'],
  ['陕西省咸阳市', '秦都区'],
  ['甘肃省天水市', '麦积区'],
  ['江西省赣州市', '章贡区'],
  ['安徽省芜湖市', '镜湖区'],
  ['辽宁省大连市', '沙河口区'],
  ['吉林省四平市', '铁东区'],
  ['黑龙江省大庆市', '让胡路区'],
  ['山西省长治市', '潞州区'],
  ['广西壮族自治区柳州市', '柳北区'],
  ['海南省三亚市', '天涯区'],
  ['内蒙古自治区包头市', '昆都仑区'],
  ['宁夏回族自治区银川市', '兴庆区'],
  ['新疆维吾尔自治区喀什地区', '莎车县'],
  ['青海省西宁市', '城北区'],
] as const;
const streets =
  '人民 中山 解放 建设 新华 长安 和平 文化 胜利 光明 东风 朝阳 学府 滨河 科技 创业 幸福 友谊 望江 凤凰'.split(' ');

const two = (value: number) => String(value).padStart(2, '0');

export function createCardPerson(seed: number): CardPerson {
  const dice = createDice(seed * 7919 + 13);
  const name = dice.pick(surnames) + dice.pick(givenCharacters) + (dice.roll() < 0.8 ? dice.pick(givenCharacters) : '');
  const [year, month, day] = [dice.between(1950, 2004), dice.between(1, 12), dice.between(1, 28)];
  const sequence = dice.between(0, 999);
  const body = `${demoRegionCode}${year}${two(month)}${two(day)}${String(sequence).padStart(3, '0')}`;
  const [city, county] = dice.pick(places);
  // Half the people are Han, as is printed most often; the others may be of any group.
  const group = dice.roll() < 0.5 ? 1 : dice.between(2, 56);
  return {
    name,
    sex: sequence % 2 === 1 ? '男' : '女',
    ethnicity: ethnicGroupName(two(group), 'zh-Hans') ?? '',
    birthdate: `${year}-${two(month)}-${two(day)}`,
    address: city + county + streetOf(dice),
    number: body + checkCharacter(body),
    authority:
      dice.roll() < 0.5
        ? `${county}公安局`
        : `${city.replace(/^.*[省区](?=.+市)/u, '')}公安局${county.slice(0, 2)}分局`,
    ...validityOf(dice),
  };
}

function streetOf(dice: Dice): string {
  const street = `${dice.pick(streets)}路${dice.between(1, 300)}号`;
  if (dice.roll() < 0.3) return street;
  return `${street}${dice.between(1, 20)}幢${dice.between(1, 6)}单元${dice.between(101, 2300)}室`;
}

function validityOf(dice: Dice): Pick<CardPerson, 'validFrom' | 'validUntil'> {
  const [year, rest] = [dice.between(2008, 2023), `${two(dice.between(1, 12))}-${two(dice.between(1, 28))}`];
  const years = dice.pick([10, 20, 20, 0]);
  return { validFrom: `${year}-${rest}`, validUntil: years === 0 ? '长期' : `${year + years}-${rest}` };
}
