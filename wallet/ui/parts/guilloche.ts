/** The fine lines on the card: a bundle of sine curves, computed once. */
export const guillochePaths: readonly string[] = Array.from({ length: 26 }, (_, line) => {
  let path = '';
  for (let x = 0; x <= 320; x += 4) {
    const y = 100 + Math.sin(x / 38 + line * 0.24) * (56 - line * 1.1) + Math.cos(x / 61 - line * 0.13) * 22;
    path += `${path === '' ? 'M' : 'L'}${x} ${y.toFixed(1)}`;
  }
  return path;
});
