import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { copiesOf, lowSupply, unusedCopies } from '../../core/cards.ts';
import { theVault } from '../session.ts';
import { t } from '../strings/index.ts';

/** Says when fresh copies run out: then two showings could be recognised as one card. */
export function CopyWarning(props: { readonly cardId: string }) {
  const unused = useSignal<number | undefined>(undefined);
  useEffect(() => {
    void (async () => {
      unused.value = unusedCopies(await copiesOf(theVault().records, props.cardId));
    })().catch(() => {});
  }, [props.cardId]);
  if (unused.value === undefined || unused.value > lowSupply) return null;
  return (
    <p class="faint" role="status">
      {unused.value === 0 ? t('show.noCopies') : t('show.lowCopies', { count: unused.value })}
    </p>
  );
}
