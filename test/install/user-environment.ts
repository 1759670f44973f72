/** The environment of a user's shell, without the settings of npm, Vitest and CI that run this suite. */
export const USER_ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV$|VITEST|CI$)/i.test(name)),
);
