import { configuration } from '../session.ts';
import { t } from '../strings/index.ts';

/** What a newcomer can do in the demo world, in the order that makes sense. Nothing where there is no demo. */
export function TryIt(props: { readonly created?: boolean }) {
  const demo = configuration.value?.demo;
  if (demo === undefined) return null;
  return (
    <section class="surface try" aria-labelledby="try-title">
      <h2 id="try-title">{t('welcome.tryTitle')}</h2>
      <ol>
        {props.created === true ? null : <li>{t('welcome.tryOne')}</li>}
        <li>
          {t('welcome.tryTwo')}
          <a class="button quiet wide" href={demo.issuerPage} target="_blank" rel="noreferrer">
            {t('welcome.tryIssuer')}
          </a>
        </li>
        {demo.deskPage === undefined ? null : (
          <li>
            {t('welcome.tryThree')}
            <a class="button quiet wide" href={demo.deskPage} target="_blank" rel="noreferrer">
              {t('welcome.tryDesk')}
            </a>
          </li>
        )}
      </ol>
      <p class="faint">{t('welcome.tryNote')}</p>
    </section>
  );
}
