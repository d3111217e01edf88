import encodeQR from 'qr';

/** A code as one path: dark on white in every colour scheme, because that is what cameras read best. */
export function QrCode({
  text,
  label,
  isDim,
}: {
  readonly text: string;
  readonly label: string;
  readonly isDim: boolean;
}) {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 4 });
  const size = rows.length;
  const path = rows.flatMap((row, y) => runs(row).map(([x, length]) => `M${x} ${y}h${length}v1h-${length}z`));
  return (
    <svg class={isDim ? 'qr dim' : 'qr'} role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`}>
      <rect width={size} height={size} fill="#fff" />
      <path d={path.join('')} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}

/** Stretches of dark modules in one row: where each begins, and how long it is. */
function runs(row: readonly boolean[]): [number, number][] {
  const found: [number, number][] = [];
  row.forEach((isDark, x) => {
    const last = found.at(-1);
    if (!isDark) return;
    if (last !== undefined && last[0] + last[1] === x) last[1] += 1;
    else found.push([x, 1]);
  });
  return found;
}
