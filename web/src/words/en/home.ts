// Words of the home page.

export const home = {
  morning: "Good morning",
  afternoon: "Good afternoon",
  evening: "Good evening",
  toMe: "Coming to you",
  toMeNone: "Nothing is addressed to you",
  toMeNoneBody: "Packages sent to your e-mail address show up here by themselves.",
  followed: "Following",
  followedNone: "You follow nothing yet",
  followedNoneBody: "Open a package and choose Follow: it stays here, on every device of yours.",
  attention: "Needs attention",
  attentionNone: "Nothing needs attention",
  attentionAll: "Show all",
  latest: "Newest",
  all: "All packages",
  station: "Open the station",
  stationBody: "Scan what comes and goes, without the mouse.",
  desk: "Register packages",
  deskBody: "One, or the same again and again.",
  import: "Import a file",
  importBody: "See every error before anything is written.",
};
