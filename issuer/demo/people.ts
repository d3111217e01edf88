/**
 * The people of the demo world: synthetic, drawn, and numbered with a county code that does not exist (330199), so
 * that nobody anywhere has one of these numbers. Minors, elders, long names and a birthday on 29 February among them.
 */
import { readFileSync } from 'node:fs';
import type { IdCard } from '../../shared/id-card/index.ts';
import { demoRegionCode } from '../../shared/id-card/index.ts';
import { type DrivingLicence, longTerm, type Person } from '../register/index.ts';

export interface DemoPerson {
  /** Stands in the page's addresses instead of anything personal. */
  readonly slug: string;
  readonly nameLatin: string;
  readonly person: Person;
}

interface Row {
  readonly name: string;
  readonly latin: string;
  readonly number: string;
  readonly ethnicity: string;
  readonly street: string;
  readonly card: readonly [from: string, until: string];
  readonly licence?: DrivingLicence;
}

const licences = {
  'lin-yizhou': { class: 'C1', validFrom: '2019-06-20', validUntil: '2035-06-20', fileNumber: '330100518273' },
  'chen-siyuan': { class: 'B2', validFrom: '2012-09-03', validUntil: '2028-09-03', fileNumber: '330100264915' },
} as const satisfies Record<string, DrivingLicence>;

const rows: Readonly<Record<string, Row>> = {
  'lin-yizhou': {
    name: '林一舟',
    latin: 'Lin Yizhou',
    number: '33019919960310412X',
    ethnicity: '01',
    street: '望江路 12 号 3 幢 502 室',
    card: ['2022-04-18', '2042-04-18'],
    licence: licences['lin-yizhou'],
  },
  'wang-jianguo': {
    name: '王建国',
    latin: 'Wang Jianguo',
    number: '330199195210010175',
    ethnicity: '01',
    street: '桥头街 3 号',
    card: ['2006-09-12', longTerm],
  },
  'chen-siyuan': {
    name: '陈思远',
    latin: 'Chen Siyuan',
    number: '330199198807192331',
    ethnicity: '01',
    street: '文一路 188 号 7 幢 1201 室',
    card: ['2019-03-05', '2039-03-05'],
    licence: licences['chen-siyuan'],
  },
  'li-yutong': {
    name: '李雨桐',
    latin: 'Li Yutong',
    number: '330199201605280645',
    ethnicity: '01',
    street: '荷花里 5 幢 2 单元 301 室',
    card: ['2024-06-11', '2029-06-11'],
  },
  'zhao-zimo': {
    name: '赵子墨',
    latin: 'Zhao Zimo',
    number: '330199201201091514',
    ethnicity: '01',
    street: '学林街 66 号 1 幢 802 室',
    card: ['2025-02-20', '2030-02-20'],
  },
  'sun-xiaowen': {
    name: '孙晓雯',
    latin: 'Sun Xiaowen',
    number: '330199200909032080',
    ethnicity: '11',
    street: '东河沿 21 号',
    card: ['2025-09-15', '2035-09-15'],
  },
  'zhou-guilan': {
    name: '周桂兰',
    latin: 'Zhou Guilan',
    number: '330199194602110269',
    ethnicity: '01',
    street: '桂花巷 9 号',
    card: ['2006-11-08', longTerm],
  },
  'ouyang-shuyao': {
    name: '欧阳书瑶',
    latin: 'Ouyang Shuyao',
    number: '330199199912183407',
    ethnicity: '01',
    street: '临湖路 40 号 9 幢 603 室',
    card: ['2026-01-08', '2046-01-08'],
  },
  ayiguli: {
    name: '阿依古丽·买买提',
    latin: 'Ayiguli Maimaiti',
    number: '330199199306161822',
    ethnicity: '05',
    street: '丝绸路 77 号 2 幢 1504 室',
    card: ['2020-07-02', '2040-07-02'],
  },
  'zhaxi-dunzhu': {
    name: '扎西顿珠',
    latin: 'Zhaxi Dunzhu',
    number: '330199197904250957',
    ethnicity: '04',
    street: '青山路 15 号 4 幢 401 室',
    card: ['2025-05-06', longTerm],
  },
  batu: {
    name: '巴图',
    latin: 'Batu',
    number: '330199200002293119',
    ethnicity: '02',
    street: '大学路 1 号学生公寓 6 号楼',
    card: ['2018-08-21', '2028-08-21'],
  },
  'wei-xiaoman': {
    name: '韦小满',
    latin: 'Wei Xiaoman',
    number: '330199197105211281',
    ethnicity: '08',
    street: '田园村 32 号',
    card: ['2018-03-30', longTerm],
  },
};

/** All twelve. The number rules must be those of the demo: others refuse these numbers (id_region). */
export function demoPeople(idCard: IdCard): readonly DemoPerson[] {
  return Object.entries(rows).map(([slug, row]) => {
    const { birthdate, sex } = idCard.parseIdNumber(row.number);
    const person: Person = {
      number: idCard.parseResidentNumber(row.number),
      name: row.name,
      sex,
      ethnicity: row.ethnicity,
      birthdate,
      address: { regionCode: demoRegionCode, region: '浙江省示例县', street: row.street },
      picture: portrait(slug),
      card: { authority: '示例县公安局', validFrom: row.card[0], validUntil: row.card[1] },
      ...(row.licence !== undefined && { drivingLicence: row.licence }),
    };
    return { slug, nameLatin: row.latin, person };
  });
}

function portrait(slug: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`portraits/${slug}.jpg`, import.meta.url)));
}
