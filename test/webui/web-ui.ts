// What an operator does in the Temporal Web UI, in its own words. Waits for what the page shows, never for a time.
// Written for UI 2.42, which the embedded server brings.
import type { FrameLocator, Locator, Page } from 'playwright-core';

export class WebUi {
  constructor(
    readonly page: Page,
    private readonly baseUrl: string,
  ) {}

  /** The list, by a link that has the query in it. Answers the rows. */
  async list(query: string): Promise<Locator> {
    await this.page.goto(`${this.baseUrl}/namespaces/default/workflows?query=${encodeURIComponent(query)}`);
    return this.rows();
  }

  /** The same, typed into the search field. */
  async search(query: string): Promise<Locator> {
    await this.page.goto(`${this.baseUrl}/namespaces/default/workflows`);
    await this.page.getByTestId('toggle-manual-query').click();
    const field = this.page.getByTestId('manual-search-input');
    await field.fill(query);
    await field.press('Enter');
    await this.page.waitForURL((url) => url.searchParams.get('query') === query);
    return this.rows();
  }

  /** Opens the newest run of a workflow. */
  async open(workflowId: string): Promise<void> {
    await this.page.goto(`${this.baseUrl}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`);
    await this.page.getByRole('heading', { name: workflowId, exact: true }).waitFor();
  }

  async tab(name: string): Promise<void> {
    await this.page.getByTestId(`${name}-tab`).click();
  }

  /** On the page User Metadata. The UI shows Markdown in a frame of its own. */
  async summary(): Promise<FrameLocator> {
    await this.tab('user-metadata');
    return this.page.frameLocator('iframe[src*="overrideTheme=primary"]');
  }

  async currentDetails(): Promise<FrameLocator> {
    await this.tab('user-metadata');
    return this.page.frameLocator('iframe[src*="overrideTheme=background"]');
  }

  async openSignalDialog(name: string): Promise<Locator> {
    await this.page.getByRole('button', { name: 'More Actions' }).click();
    await this.page.getByRole('menuitem', { name: 'Send a Signal' }).click();
    const dialog = this.page.locator('dialog[open]');
    await dialog.getByTestId('signal-select-button').click();
    await dialog.getByRole('option', { name, exact: true }).click();
    return dialog;
  }

  async signal(name: string, input?: object): Promise<void> {
    const dialog = await this.openSignalDialog(name);
    if (input !== undefined) await this.typeInto(dialog, JSON.stringify(input));
    await dialog.getByRole('button', { name: 'Submit' }).click();
    await this.page.getByText('Workflow signaled.').first().waitFor();
  }

  async typeInto(dialog: Locator, text: string): Promise<void> {
    await dialog.locator('.cm-content').click();
    await this.page.keyboard.insertText(text);
  }

  async openResetDialog(reason: string): Promise<Locator> {
    // Not the Reset of an activity, which stands below.
    const header = this.page.locator('main header');
    const button = header.getByRole('button', { name: 'Reset', exact: true });
    const more = header.getByRole('button', { name: 'More Actions' });
    await button.or(more).first().waitFor();
    if (await button.isVisible()) {
      await button.click();
    } else {
      await more.click();
      await this.page.getByRole('menuitem', { name: 'Reset', exact: true }).click();
    }
    const dialog = this.page.locator('dialog[open]');
    await dialog.getByTestId('workflow-reset-event-id-select-button').click();
    await dialog
      .getByRole('option', { name: /WorkflowTaskCompleted/ })
      .last()
      .click();
    await dialog.getByTestId('reset-reason').fill(reason);
    return dialog;
  }

  /** To its beginning. */
  async reset(reason: string): Promise<void> {
    const dialog = await this.openResetDialog(reason);
    await dialog.getByTestId('confirm-modal-button').click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** On the page Queries: the answer. */
  async query(name: string): Promise<Locator> {
    await this.tab('queries');
    await this.page.getByTestId('query-select-button').click();
    await this.page.getByRole('option', { name, exact: true }).click();
    await this.page.getByRole('button', { name: /^(Run|Refresh) Query$/ }).click();
    return this.page.getByTestId('query-result');
  }

  private rows(): Locator {
    return this.page.locator('main table tbody tr').filter({ has: this.page.getByRole('link') });
  }
}
