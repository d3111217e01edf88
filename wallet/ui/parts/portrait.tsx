import { useEffect, useState } from 'preact/hooks';
import { jpegOf } from '../jpeg.ts';
import { t } from '../strings/index.ts';

export function Portrait(props: { readonly value: unknown }) {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const blob = jpegOf(props.value);
    if (blob === undefined) return undefined;
    const made = URL.createObjectURL(blob);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [props.value]);
  return address === undefined ? null : <img class="portrait" src={address} alt={t('card.portrait')} />;
}
