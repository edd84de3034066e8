//! Who looks: what an answer may hold.

use domain::{
    event::{Fact, FactKind},
    private::Private,
};
use service::people::{Permission, Principal};

/// How much a viewer may see. Every employee may see every package; two things
/// are kept for those whose work needs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Personal texts (recipients, addresses, notes) and the exact point of a
    /// home or of a tracker that follows a person: for those who enter data or administer. Who audits or manages
    /// needs neither.
    pub personal: bool,
    /// What shipping costs: for those who manage, audit, or enter the lines.
    pub costs: bool,
}

impl Viewer {
    /// What somebody may see.
    #[must_use]
    pub fn of(principal: &Principal) -> Self {
        let any = |of: &[Permission]| of.iter().any(|it| principal.may(*it));
        Self {
            personal: any(&[Permission::Enter, Permission::Admin]),
            costs: any(&[Permission::Enter, Permission::Manage, Permission::Audit]),
        }
    }

    /// A personal text, if it may be seen and was not erased; "not in log" if a store
    /// was made again without it.
    #[must_use]
    pub fn text(self, private: Option<&Private>) -> Option<String> {
        private.filter(|_| self.personal).and_then(Private::shown).map(ToOwned::to_owned)
    }

    /// Whether the viewer may read what this fact says, beyond its kind.
    #[must_use]
    pub fn may_read(self, fact: &Fact) -> bool {
        let fact = fact.asserted().unwrap_or(fact);
        let money = matches!(
            fact.kind(),
            FactKind::CostAdded | FactKind::CostCredited | FactKind::CostShared
        );
        self.costs || !money
    }
}
