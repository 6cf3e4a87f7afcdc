//! What must hold of the domain and of sync whatever happens: generated records, generated schedules, no database.

mod convergence;
mod counting;
mod drafts;
mod minutes;
mod office;
mod records;
mod store;
