import { describe, expect, it } from 'vitest';
import { settingKeys } from '../../src/config/keys.js';
import { configurationReference } from '../../src/config/reference.js';
import { ORIGINAL_CONFIGURATION } from '../fixtures/configuration-file.js';

describe('The reference', () => {
  const reference = configurationReference();

  it('has a section with variable and description for each key', () => {
    for (const { name, variable, about } of settingKeys) {
      expect(reference).toContain(`### \`${name}\`\n`);
      expect(reference).toContain(`- Variable: \`${variable}\`\n\n${about}`);
    }
  });

  it("shows the original's example as its README has it", () => {
    expect(reference).toContain(`\`\`\`yaml\n${ORIGINAL_CONFIGURATION}\`\`\``);
  });

  it('prints defaults and ranges of each type', () => {
    expect(reference).toContain('- Default: `127.0.0.1:4568`');
    expect(reference).toContain('- Type: whole number (0 to 1000) in files\n- Default: `3`');
    expect(reference).toContain('- Type: word (text, json)\n- Default: `text`');
  });
});
