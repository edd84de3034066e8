// Who is signed in, and what they may do.
import {
  api,
  type Me,
  onSignedOut,
  type Permission,
  problemOf,
  type Problem,
  Refused,
  the,
  type WaysIn,
} from "../api/client";

type State =
  | { is: "starting" }
  | { is: "out" }
  | { is: "in"; me: Me }
  /** The server could not be asked; what went wrong. */
  | { is: "failed"; problem: Problem };

class Session {
  state = $state.raw<State>({ is: "starting" });
  #ways: WaysIn | null = null;

  constructor() {
    onSignedOut(() => {
      if (this.state.is === "in") this.state = { is: "out" };
    });
  }

  get me(): Me | null {
    return this.state.is === "in" ? this.state.me : null;
  }

  /** Asks who is signed in. */
  async begin(): Promise<void> {
    try {
      const { me } = await this.#ask();
      this.state = me ? { is: "in", me } : { is: "out" };
    } catch (error) {
      const problem = error instanceof Refused ? error.problem : await problemOf(error);
      this.state = { is: "failed", problem };
    }
  }

  /** The ways to sign in, which a server does not change while it runs. */
  async ways(): Promise<WaysIn> {
    return this.#ways ?? (await this.#ask());
  }

  async #ask(): Promise<WaysIn> {
    return (this.#ways = await the(api.GET("/v1/session")));
  }

  /** Begins the session that a sign-in answered. */
  welcome(me: Me): void {
    this.state = { is: "in", me };
  }

  /** Whether somebody signed in may do one of these. */
  may(...permissions: readonly Permission[]): boolean {
    return permissions.some((it) => this.me?.permissions.includes(it));
  }

  /** Whether costs are shown, as the server decides it. */
  get seesCosts(): boolean {
    return this.may("enter", "manage", "audit");
  }

  /** Ends the session, and the company's if that is where it came from. */
  async signOut(): Promise<void> {
    const { data } = await api.DELETE("/v1/session");
    this.state = { is: "out" };
    if (data) location.assign(data.go_on_at);
    else history.replaceState(null, "", "/");
  }
}

export const session = new Session();
