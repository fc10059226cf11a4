// Reads the address of a subscription.
// Judges only its form: whether the host may be called is known when it is resolved.

export type TargetUrl =
  { readonly kind: 'ok'; readonly url: URL } | { readonly kind: 'invalid'; readonly problem: string };

export function readTargetUrl(text: string): TargetUrl {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return invalid('the address of the subscription is no http or https URL: correct it');
  }
  // They would end up in lists and logs, and the signature already says who we are.
  if (url.username !== '' || url.password !== '') {
    return invalid('the address of the subscription holds a user or password: remove them');
  }
  return { kind: 'ok', url };
}

function invalid(problem: string): TargetUrl {
  return { kind: 'invalid', problem };
}
