import * as React from 'react';

import { sentence } from '../client';
import type { Column, ColumnProfile, Product, Profile } from '../contract';
import { Banner, count, type IContext } from '../ui';
import type { ProductState } from './model';
import { isNumber } from './query';
import {
  columnType,
  distinctWord,
  nullsWord,
  profileValue,
  share
} from './words';

/** The measures of a histogram in px. */
const WIDTH = 120;
const HEIGHT = 20;

/** How many frequent values are named. */
const NAMED = 2;

/** How the values of a column are spread: a histogram, or the values that it holds most often. */
function Spread(props: {
  profile: ColumnProfile;
  rows: number;
  context: IContext;
}): JSX.Element {
  const { profile, rows, context } = props;
  const { trans } = context;
  const { histogram, frequent, sampled, type } = profile;
  const words = (frequent ?? [])
    .slice(0, NAMED)
    .map(({ value, count: times }) =>
      sampled || rows === 0
        ? profileValue(value, type)
        : `${profileValue(value, type)} ${share(times, rows)}`
    );
  const most = Math.max(1, ...(histogram ?? []).map(bin => bin.count));
  const step = WIDTH / Math.max(1, histogram?.length ?? 0);
  return (
    <>
      {histogram?.length ? (
        <svg
          className="mage-Histogram"
          role="img"
          width={WIDTH}
          height={HEIGHT}
          aria-label={trans.__(
            'Histogram from %1 to %2, at most %3 in a bar',
            profileValue(histogram[0].from, type),
            profileValue(histogram[histogram.length - 1].to, type),
            count(most)
          )}
        >
          {histogram.map((bin, index) => {
            const height = (bin.count / most) * HEIGHT;
            return (
              <rect
                key={index}
                x={index * step}
                y={HEIGHT - height}
                width={Math.max(1, step - 1)}
                height={height}
              />
            );
          })}
        </svg>
      ) : (
        words.join(', ')
      )}
      {sampled ? (
        <span className="mage-mod-grey"> {trans.__('from a sample')}</span>
      ) : null}
    </>
  );
}

/** A column of a frame in a row, with its profile where there is one. */
function Row(props: {
  index: number;
  column: Column;
  profile: ColumnProfile | undefined;
  rows: number;
  context: IContext;
}): JSX.Element {
  const { index, column, profile, rows, context } = props;
  const { trans } = context;
  const side = isNumber(column.type) ? 'mage-mod-number' : undefined;
  return (
    <tr>
      <td className="mage-mod-number mage-mod-grey">{index + 1}</td>
      <td>{column.name}</td>
      <td className="mage-mod-code">{columnType(column.type)}</td>
      {profile ? (
        <>
          <td>
            <Spread profile={profile} rows={rows} context={context} />
          </td>
          <td className="mage-mod-number">{distinctWord(profile, trans)}</td>
          <td className={side}>{profileValue(profile.min, profile.type)}</td>
          <td className={side}>{profileValue(profile.max, profile.type)}</td>
          <td className="mage-mod-number">
            {profileValue(profile.mean, profile.type)}
          </td>
          <td className={profile.nulls === 0 ? 'mage-mod-grey' : undefined}>
            {nullsWord(profile, rows, trans)}
          </td>
        </>
      ) : null}
    </tr>
  );
}

/**
 * The columns of a frame: their types and what they hold.
 */
export function Columns(props: {
  /** What is shown. */
  state: ProductState;
  /** The product. */
  product: Product;
  /** Words. */
  context: IContext;
}): JSX.Element {
  const { state, product, context } = props;
  const { trans } = context;
  const [profile, setProfile] = React.useState<Profile | null>(null);
  const [problem, setProblem] = React.useState<string | null>(null);
  React.useEffect(() => {
    let wanted = true;
    setProfile(null);
    setProblem(null);
    state.profile().then(
      read => wanted && setProfile(read),
      (error: unknown) => wanted && setProblem(sentence(error))
    );
    return () => {
      wanted = false;
    };
  }, [state, product]);
  const known = new Map(profile?.profiles.map(one => [one.name, one]));
  return (
    <div className="mage-Columns" data-mage-region tabIndex={0}>
      {problem !== null ? (
        <Banner
          tone="warn"
          title={trans.__('What the columns hold cannot be read.')}
        >
          {problem}
        </Banner>
      ) : null}
      <table>
        <thead>
          <tr>
            <th scope="col" className="mage-mod-number">
              {trans.__('No.')}
            </th>
            <th scope="col">{trans.__('Name')}</th>
            <th scope="col">{trans.__('Type')}</th>
            {profile ? (
              <>
                <th scope="col">{trans.__('Values')}</th>
                <th scope="col" className="mage-mod-number">
                  {trans.__('Distinct')}
                </th>
                <th scope="col">{trans.__('Lowest')}</th>
                <th scope="col">{trans.__('Highest')}</th>
                <th scope="col" className="mage-mod-number">
                  {trans.__('Mean')}
                </th>
                <th scope="col">{trans.__('Nulls')}</th>
              </>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {(product.schema ?? []).map((column, index) => (
            <Row
              key={column.name}
              index={index}
              column={column}
              profile={known.get(column.name)}
              rows={product.rows ?? 0}
              context={context}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}
