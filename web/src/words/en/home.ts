// Words of the home page.

export const home = {
  morning: "Good morning",
  afternoon: "Good afternoon",
  evening: "Good evening",
  mine: {
    to: {
      title: "Coming to you",
      none: "Nothing is addressed to you",
      next: "Packages sent to your e-mail address show up here by themselves.",
    },
    from: {
      title: "Registered by you",
      none: "You registered nothing yet",
      next: "What you register or import shows up here by itself.",
    },
  },
  followed: "Following",
  followedNone: "You follow nothing yet",
  followedNoneBody: "Open a package and choose Follow: it stays here, on every device of yours.",
  attention: "Needs attention",
  attentionNone: "Nothing needs attention",
  attentionAll: "Show all",
  attentionEvery: "Every reason",
  overview: {
    label: "Overview",
    packages: "packages on the map",
    attention: (many: number) => (many === 1 ? "needs attention" : "need attention"),
    today: "changes today",
    reasons: "What needs attention, by why",
  },
  latest: "Newest",
  all: "All packages",
  station: "Open the station",
  stationBody: "Scan what comes and goes, without the mouse.",
  desk: "Register packages",
  deskBody: "One, or the same again and again.",
  import: "Import a file",
  importBody: "See every error before anything is written.",
};
