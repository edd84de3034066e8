//! The API as a client meets it: requests go in, answers come out, on a table
//! in memory with a clock and randomness that the tests hold.

mod attention;
mod audit;
mod basemap;
mod data;
mod evidence;
mod finding;
mod fixes;
mod importing;
mod intake;
mod live;
mod malformed;
mod map;
mod merging;
mod openapi;
mod outgoing;
mod page;
mod people_on_the_way;
mod permissions;
mod photos;
mod privacy;
mod recording;
mod repeating;
mod signing_in;
mod surroundings;
mod system;
mod together;
mod world;
