// How a test breaks a deployment, and what the comparison must say of it. Never changes what it is given.
import type { ComposeService } from './compose-file';
import type { Deployment } from './deployment';

export type Mutation = readonly [fault: string, mutate: (given: Deployment) => Deployment, finding: RegExp];

export const inService =
  (name: string, change: (service: ComposeService) => Partial<ComposeService>) =>
  (given: Deployment): Deployment => {
    const service = given.compose.services[name]!;
    const services = { ...given.compose.services, [name]: { ...service, ...change(service) } };
    return { ...given, compose: { ...given.compose, services } };
  };
export const withVariables = (name: string, variables: Readonly<Record<string, string>>) =>
  inService(name, ({ environment = {} }) => ({ environment: { ...environment, ...variables } }));
export const without = (name: string, variable: string) =>
  inService(name, ({ environment = {} }) => ({
    environment: Object.fromEntries(Object.entries(environment).filter(([key]) => key !== variable)),
  }));
export const inText =
  (
    part: 'dockerfile' | 'dockerignore' | 'envExample' | 'documentation' | 'serverTemplate',
    from: string,
    to: string,
  ) =>
  (given: Deployment): Deployment => ({ ...given, [part]: given[part].replace(from, to) });
