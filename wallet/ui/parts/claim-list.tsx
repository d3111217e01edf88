import { type Path, selectPath } from '../../../shared/dcql/index.ts';
import { type Card, namesOf } from '../../core/cards.ts';
import { leafPaths, personOf, technicalMembers } from '../../core/person.ts';
import { claimLabel, claimValue, isPortrait } from '../claim-text.ts';
import { Portrait } from './portrait.tsx';

/** What a card says about the person, row by row; masked unless asked for in full. */
export function ClaimList(props: {
  readonly card: Pick<Card, 'claims' | 'format' | 'labels'>;
  readonly shown: 'masked' | 'full';
  readonly label: string;
}) {
  const { card, shown } = props;
  return (
    <dl class="surface facts" aria-label={props.label}>
      {contentPaths(card).map((path) => {
        const [value = null] = selectPath(card.claims, path);
        return (
          <div class="fact" key={path.join('.')}>
            <dt class="soft">{claimLabel(path, namesOf(card, path))}</dt>
            <dd class="num">
              {isPortrait(path) && shown === 'full' ? <Portrait value={value} /> : claimValue(path, value, shown)}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** The issuer's order where it gave one, then the rest; what only serves the machine is left out. */
function contentPaths(card: Pick<Card, 'claims' | 'format' | 'labels'>): readonly Path[] {
  const root = card.format === 'jwt_vc_json' ? ['credentialSubject'] : [];
  const leaves = leafPaths(personOf(card.claims, card.format), root).filter(
    (path) => !technicalMembers[card.format].has(String(path[root.length])),
  );
  const order = (path: Path) => {
    const at = card.labels.findIndex((label) => JSON.stringify(label.path) === JSON.stringify(path));
    return at < 0 ? card.labels.length : at;
  };
  return [...leaves].sort((a, b) => order(a) - order(b));
}
