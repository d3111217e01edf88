import { createStrings } from '../../../shared/look/index.ts';

export const strings = createStrings({
  'zh-Hans': {
    desk: '前台',
    language: 'English',
    largeType: '大字',
    signOut: '换班',
    today: '今日入住',
    todayCount: '今日入住 {count}',
    backToDesk: '回到前台',

    signInTitle: '打开前台',
    signInHint: '口令由管理员发给每个前台，输入一次即可。',
    signInToken: '前台口令',
    signInButton: '打开',
    signInDemo: '打开演示前台',
    signInDemoHint: '这是演示环境，不需要口令。',
    signInWrong: '口令不对，或已停用。',
    signedOut: '已离开太久，请重新打开前台。',

    newTitle: '办理入住',
    room: '房号',
    roomHint: '例如 1208',
    guests: '本房客人',
    guestsFewer: '减少一位',
    guestsMore: '增加一位',
    showCode: '出示二维码',
    cancel: '取消',

    stepOne: '请客人用手机里的数字身份证扫码',
    stepTwo: '客人确认后，会报给您两位核对码',
    stepThree: '比对照片，完成入住',
    stepsTitle: '怎么做',

    scanTitle: '请客人扫码',
    qrLabel: '给客人扫描的二维码',
    qrRenews: '{seconds} 秒后更新',
    sameDevice: '用这台电脑上的钱包打开',
    sameDeviceHint: '演示：没有第二台设备时用它。',
    qrPaused: '二维码已暂停',
    qrResume: '继续出码',
    whichGuest: '{room} 房 · 第 {guest} / {guests} 位',
    scannedTitle: '客人已扫码',
    scannedHint: '请客人在手机上看清内容并确认。',
    scannedAgain: '换一个二维码',

    matchTitle: '输入核对码',
    matchHint: '请客人报出手机上的两位数字。',
    matchLabel: '核对码',
    matchButton: '核对',
    matchWrong: '核对码不对，还可以试 {left} 次。',
    matchWaiting: '客人已出示，核对后显示',
    matched: '核对码一致',

    waitingTitle: '等待客人扫码',
    confirmingTitle: '客人正在手机上确认',

    acceptedTitle: '可以办理入住',
    acceptedLine: '居民数字身份证 · 签发机关可信 · 状态 {seconds} 秒前核验',
    acceptedNow: '居民数字身份证 · 签发机关可信 · 状态刚刚核验',
    valid: '有效',
    minor: '未成年人 · {age} 岁',
    minorHint: '请按未成年人入住规定询问并登记。',
    name: '姓名',
    number: '公民身份号码',
    sex: '性别',
    male: '男',
    female: '女',
    birthdate: '出生日期',
    address: '住址',
    ethnicity: '民族',
    notShown: '未出示（可选）',
    reveal: '显示（会记录）',
    hide: '隐藏',
    portrait: '证件照片',
    portraitHint: '比对后不保存',
    portraitMissing: '客人没有出示照片',
    checkSignature: '签名',
    checkSignatureLine: '{issuer}，有效',
    checkHolder: '持有人',
    checkHolderLine: '证件属于客人这部手机',
    checkStatus: '状态',
    checkStatusLine: '未挂失、未吊销',
    checkMatch: '核对码',
    checkMatchLine: '与客人手机一致',
    complete: '照片一致，完成入住',
    differs: '照片不一致',
    differsSure: '确定不是本人？本次信息将全部清除。',
    differsYes: '确定，照片不一致',
    differsNo: '再看看',

    completedTitle: '已办理入住',
    completedLine: '{name} · {room} 房 · 已记入住宿登记，保存 1 年',
    nextGuest: '下一位客人（第 {guest} / {guests} 位）',
    nextRoom: '下一间房',

    refusedTitle: '不能办理',
    undeterminedTitle: '暂时无法核验',
    declinedTitle: '客人没有同意出示',
    expiredTitle: '已超时',
    rejectedTitle: '照片不一致，已停止办理',
    tryAgain: '重新出码',
    code: '原因代码 {code}',
    nothingKept: '没有保存客人的任何信息。',

    whyRevoked: '这张证件已被签发机关吊销。请客人换用其他证件。',
    whySuspended: '这张证件已挂失或暂停使用。请客人联系签发机关，或换用其他证件。',
    whyExpired: '这张证件已过有效期。请客人更新后再试。',
    whyMatch: '核对码三次都不对。扫码的可能不是面前这位客人，请重新出码，看着客人扫码。',
    whyQuery: '出示的信息不齐，或不符合要求。请客人重新扫码，并出示必需的各项。',
    whyHolder: '无法证明证件属于这部手机。请客人用自己的手机重新扫码。',
    whySignature: '证件的签名不对，或签发机关不在信任名单里。请客人换用其他证件。',
    whyStatus: '证件的状态无法读取。请客人换用其他证件。',
    whyUnavailable: '签发机关的状态服务暂时连不上。请客人稍后在手机上再试一次，或换用其他证件。',
    whyOther: '出示的内容有误。请重新出码再试一次。',
    whyDeclined: '请客人看清用途后再决定，也可以换用其他证件。',
    whyExpiredRequest: '没有在时限内完成。请重新出码。',
    whyPortrait: '请客人出示其他证件，或按规定处理。',

    dayTitle: '今日入住',
    dayEmpty: '今天还没有登记的客人。',
    dayTime: '时间',
    dayRoom: '房号',
    dayGuest: '客人',
    dayName: '姓名',
    dayNumber: '公民身份号码',

    offline: '连不上前台服务，正在重试。',
    failed: '没有成功，请再试一次。',
    tooMany: '操作太频繁，请稍等一分钟。',
  },
  en: {
    desk: 'Desk',
    language: '中文',
    largeType: 'Large type',
    signOut: 'Hand over',
    today: 'Today',
    todayCount: '{count} checked in today',
    backToDesk: 'Back to the desk',

    signInTitle: 'Open the desk',
    signInHint: 'Your administrator gives each desk a token. Enter it once.',
    signInToken: 'Desk token',
    signInButton: 'Open',
    signInDemo: 'Open the demo desk',
    signInDemoHint: 'This is a demo: no token is needed.',
    signInWrong: 'This token is wrong or no longer valid.',
    signedOut: 'Nobody was here for a while. Please open the desk again.',

    newTitle: 'Check in',
    room: 'Room',
    roomHint: 'for example 1208',
    guests: 'Guests in this room',
    guestsFewer: 'One fewer',
    guestsMore: 'One more',
    showCode: 'Show the code',
    cancel: 'Cancel',

    stepOne: 'The guest scans the code with the ID on the phone',
    stepTwo: 'After confirming, the guest tells you two digits',
    stepThree: 'Compare the portrait and complete',
    stepsTitle: 'How it works',

    scanTitle: 'Ask the guest to scan',
    qrLabel: 'Code for the guest to scan',
    qrRenews: 'Renews in {seconds} s',
    sameDevice: 'Open in the wallet on this computer',
    sameDeviceHint: 'Demo: for when there is no second device.',
    qrPaused: 'The code is paused',
    qrResume: 'Show the code again',
    whichGuest: 'Room {room} · guest {guest} of {guests}',
    scannedTitle: 'Scanned',
    scannedHint: 'The guest reads and confirms on the phone.',
    scannedAgain: 'Show another code',

    matchTitle: 'Enter the match number',
    matchHint: 'Ask for the two digits on the guest’s phone.',
    matchLabel: 'Match number',
    matchButton: 'Check',
    matchWrong: 'Not the right number. {left} tries left.',
    matchWaiting: 'The guest has answered; check the number to see it',
    matched: 'Match number agrees',

    waitingTitle: 'Waiting for the guest to scan',
    confirmingTitle: 'The guest is confirming on the phone',

    acceptedTitle: 'Ready to check in',
    acceptedLine: 'Digital resident identity card · trusted issuer · status checked {seconds} s ago',
    acceptedNow: 'Digital resident identity card · trusted issuer · status checked just now',
    valid: 'Valid',
    minor: 'Minor · {age} years',
    minorHint: 'Follow the rules for minors: ask and note who is responsible.',
    name: 'Name',
    number: 'Identity number',
    sex: 'Sex',
    male: 'Male',
    female: 'Female',
    birthdate: 'Date of birth',
    address: 'Address',
    ethnicity: 'Ethnic group',
    notShown: 'not shown (optional)',
    reveal: 'Show (recorded)',
    hide: 'Hide',
    portrait: 'Portrait on the ID',
    portraitHint: 'Not kept after comparison',
    portraitMissing: 'No portrait was shown',
    checkSignature: 'Signature',
    checkSignatureLine: '{issuer}, valid',
    checkHolder: 'Holder',
    checkHolderLine: 'the card belongs to this phone',
    checkStatus: 'Status',
    checkStatusLine: 'not lost, not revoked',
    checkMatch: 'Match number',
    checkMatchLine: 'as on the guest’s phone',
    complete: 'Portrait matches, complete',
    differs: 'Portrait differs',
    differsSure: 'Not the same person? Everything shown will be erased.',
    differsYes: 'Yes, the portrait differs',
    differsNo: 'Look again',

    completedTitle: 'Checked in',
    completedLine: '{name} · room {room} · in the guest register, kept for 1 year',
    nextGuest: 'Next guest ({guest} of {guests})',
    nextRoom: 'Next room',

    refusedTitle: 'Cannot check in',
    undeterminedTitle: 'Could not be checked',
    declinedTitle: 'The guest did not agree',
    expiredTitle: 'Too late',
    rejectedTitle: 'Portrait differs: stopped',
    tryAgain: 'Show a new code',
    code: 'Reason code {code}',
    nothingKept: 'Nothing about the guest was kept.',

    whyRevoked: 'The issuer has revoked this ID. Ask for another document.',
    whySuspended: 'This ID is reported lost or suspended. The guest can contact the issuer or use another document.',
    whyExpired: 'This ID has expired. The guest has to renew it.',
    whyMatch: 'Three wrong match numbers. Somebody else may have scanned: show a new code and watch the guest scan it.',
    whyQuery: 'Something that is required was not shown. Ask the guest to scan again and show it.',
    whyHolder: 'It could not be proved that the ID belongs to this phone. The guest should use their own.',
    whySignature: 'The signature is wrong, or the issuer is not on the trust list. Ask for another document.',
    whyStatus: 'The status of this ID cannot be read. Ask for another document.',
    whyUnavailable:
      'The issuer’s status service does not answer. The guest can try again in a moment, or use another document.',
    whyOther: 'What was shown is not in order. Show a new code and try again.',
    whyDeclined: 'The guest may read the purpose again, or use another document.',
    whyExpiredRequest: 'It was not finished in time. Show a new code.',
    whyPortrait: 'Ask for another document, or follow the house rules.',

    dayTitle: 'Checked in today',
    dayEmpty: 'Nobody is in today’s register yet.',
    dayTime: 'Time',
    dayRoom: 'Room',
    dayGuest: 'Guest',
    dayName: 'Name',
    dayNumber: 'Identity number',

    offline: 'The desk service does not answer; trying again.',
    failed: 'That did not work. Please try again.',
    tooMany: 'Too many tries. Please wait a minute.',
  },
});

export type DeskTexts = ReturnType<typeof strings>;

/** The sentence a clerk reads for a reason code; what to do is part of it. */
export function whyText(text: DeskTexts, code: string | undefined): string {
  switch (code) {
    case 'revoked':
      return text('whyRevoked');
    case 'suspended':
      return text('whySuspended');
    case 'expired':
      return text('whyExpired');
    case 'match_number':
      return text('whyMatch');
    case 'query_unmet':
    case 'vct_mismatch':
    case 'claim_missing':
      return text('whyQuery');
    case 'kb_missing':
    case 'kb_aud':
    case 'kb_nonce':
    case 'kb_key':
    case 'kb_typ':
    case 'kb_stale':
    case 'sd_hash':
    case 'holder_mismatch':
      return text('whyHolder');
    case 'sig_invalid':
    case 'key_untrusted':
    case 'iss_mismatch':
    case 'issuer_not_authorised':
    case 'chain_invalid':
    case 'key_purpose':
    case 'did_invalid':
    case 'did_blocked':
      return text('whySignature');
    case 'status_missing':
    case 'status_range':
    case 'status_invalid':
    case 'list_limit':
      return text('whyStatus');
    default:
      return text('whyOther');
  }
}
