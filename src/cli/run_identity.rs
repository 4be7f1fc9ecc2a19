//! `tresor identity …`

use std::{path::Path, sync::Arc};

use super::{
    args::{
        Common, CreateIdentity, IdentityCommand, IdentityPassphrase, InNewVaults, KindName, Members, UpdateIdentity,
    },
    errors::{Failure, Told},
    identities,
    identity_passphrase::OwnPassphrases,
    output::{Columns, Output},
    session::{Opening, Ready, Session},
    shape, within,
};
use crate::{
    domain::{
        Identity, IdentityId, IdentityName, Rights,
        identity::{IdentityDraft, IdentityKind, IdentityPatch, Proof},
    },
    service::{Authority, random},
};

const COLUMNS: Columns = &[
    ("Name", &["name"]),
    ("Kind", &["kind"]),
    ("Id", &["id"]),
    ("InNewVaults", &["inNewVaults"]),
    ("Passphrase", &["hasPassphrase"]),
];

pub(super) fn run(common: &Common, folder: &Path, output: &Output, command: IdentityCommand) -> Result<(), Told> {
    match command {
        IdentityCommand::SetPassphrase(what) => change_passphrase((common, folder, output), &what, Becomes::Set),
        IdentityCommand::RemovePassphrase(what) => change_passphrase((common, folder, output), &what, Becomes::Removed),
        command => {
            let opened = Ready::new(common, folder)?.open(Opening::Whole);
            within(opened, output, |session| run_in(session, output, command))
        }
    }
}

fn run_in(session: &mut Session, output: &Output, command: IdentityCommand) -> Result<(), Failure> {
    let identity = match command {
        IdentityCommand::List => {
            let directory = &session.service.world().directory;
            let all = directory.all().into_iter().map(|identity| shape::access::identity(directory, identity));
            return output.list(all, Some(COLUMNS));
        }
        IdentityCommand::Show(what) => session.identity(&what.name)?,
        IdentityCommand::Create(what) => create(session, &what)?,
        IdentityCommand::Update(what) => update(session, what)?,
        IdentityCommand::Delete(what) => {
            let identity = session.identity(&what.name)?;
            return Ok(session.service.remove_identity(&session.caller, identity.id)?);
        }
        IdentityCommand::AddMember(what) => change_members(session, &what, Vec::push)?,
        IdentityCommand::RemoveMember(what) => {
            let group = session.identity(&what.name)?;
            for who in &what.member {
                let member = session.identity(who)?;
                if !group.members().contains(&member.id) {
                    return Err(Failure::Absent(format!("{} is not in {}.", member.name, group.name)));
                }
            }
            change_members(session, &what, |members, member| members.retain(|id| *id != member))?
        }
        IdentityCommand::SetPassphrase(_) | IdentityCommand::RemovePassphrase(_) => {
            unreachable!("passphrases are changed in a session of their own")
        }
    };
    output.one(&shape::access::identity(&session.service.world().directory, &identity))
}

fn create(session: &mut Session, what: &CreateIdentity) -> Result<Arc<Identity>, Failure> {
    if what.kind != KindName::Group && !what.member.is_empty() {
        return Err(Failure::Usage("argument --member: only a group has members; see --kind group".into()));
    }
    if what.kind != KindName::ServicePrincipal && what.client_id.is_some() {
        let text = "argument --client-id: only a service principal has one; see --kind service-principal";
        return Err(Failure::Usage(text.into()));
    }
    let kind = match what.kind {
        KindName::Person => IdentityKind::Person,
        KindName::Group => IdentityKind::Group { members: members(session, &what.member)? },
        KindName::ServicePrincipal => {
            let random = || IdentityId::from_random(random::bytes());
            let typed = what.client_id.as_deref().map(|text| client_id(session, text));
            IdentityKind::ServicePrincipal { client: typed.transpose()?.unwrap_or_else(random) }
        }
    };
    let draft = IdentityDraft { name: name("--name", &what.name)?, kind, in_new_vaults: rights(what.in_new_vaults) };
    Ok(session.service.create_identity(&session.caller, draft)?)
}

fn update(session: &mut Session, what: UpdateIdentity) -> Result<Arc<Identity>, Failure> {
    let identity = session.identity(&what.identity.name)?;
    let patch = IdentityPatch {
        name: what.new_name.map(|text| name("--new-name", &text)).transpose()?,
        members: what.member.map(|typed| members(session, &typed)).transpose()?,
        in_new_vaults: what.in_new_vaults.map(rights),
    };
    Ok(session.service.update_identity(&session.caller, identity.id, patch)?)
}

fn change_members(
    session: &mut Session,
    what: &Members,
    change: impl Fn(&mut Vec<IdentityId>, IdentityId),
) -> Result<Arc<Identity>, Failure> {
    let group = session.identity(&what.name)?;
    let mut ids = group.members().to_vec();
    for member in members(session, &what.member)? {
        change(&mut ids, member);
    }
    let patch = IdentityPatch { members: Some(ids), ..IdentityPatch::default() };
    Ok(session.service.update_identity(&session.caller, group.id, patch)?)
}

fn members(session: &Session, typed: &[String]) -> Result<Vec<IdentityId>, Failure> {
    typed.iter().map(|who| Ok(session.identity(who)?.id)).collect()
}

fn name(option: &str, text: &str) -> Result<IdentityName, Failure> {
    IdentityName::parse(text).map_err(|problem| Failure::Usage(format!("argument {option}: {problem}.")))
}

/// A client id that no other service principal has.
fn client_id(session: &Session, text: &str) -> Result<IdentityId, Failure> {
    let form = || {
        let text = format!("argument --client-id: {text} is no id such as 6f2a9d1c-3b0e-4c57-9e84-1d7c5a20b3e6");
        Failure::Usage(text)
    };
    let id = IdentityId::parse(text).ok_or_else(form)?;
    match session.service.world().directory.all().into_iter().find(|identity| identity.client() == Some(id)) {
        None => Ok(id),
        Some(has) => Err(Failure::Plain(format!("{} has the client id {id} already; nothing was changed.", has.name))),
    }
}

fn rights(typed: InNewVaults) -> Rights {
    match typed {
        InNewVaults::None => Rights::NONE,
        InNewVaults::All => Rights::all(),
        InNewVaults::AllAndPurge => Rights::all_and_purge(),
    }
}

/// What becomes of an identity's own passphrase.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Becomes {
    Set,
    Removed,
}

fn change_passphrase(
    (common, folder, output): (&Common, &Path, &Output),
    what: &IdentityPassphrase,
    becomes: Becomes,
) -> Result<(), Told> {
    let is_reset = what.reset_with_store_passphrase;
    let mut ready = Ready::new(common, folder)?;
    let most = if becomes == Becomes::Set { 2 } else { 1 };
    let mut passphrases = OwnPassphrases::of(what.password_file.as_deref(), most)?;
    if passphrases.may_ask() {
        ask_what_is_needed(&ready, common, &mut passphrases, what, becomes)?;
    }
    // The store's passphrase stands in for the identity's own, and is recorded as that: nobody is locked out of their own store.
    let opened = if is_reset { ready.open_by_passphrase(Opening::Whole) } else { ready.open(Opening::Whole) };
    within(opened, output, |session| {
        let identity = session.identity(&what.identity.name)?;
        session.service.world().set_proof(identity.id, proof(becomes))?;
        let authority = if is_reset {
            Authority::Store(ready.passphrase)
        } else if identity.proof == Proof::None {
            Authority::Own(None)
        } else if session.caller.id == Some(identity.id) {
            Authority::Own(session.own_passphrase.take())
        } else {
            let current = passphrases.current()?;
            // Wrong ones are counted as anywhere else.
            session.service.sign_in(identity.id, Some(&current))?;
            Authority::Own(Some(current))
        };
        let new = match becomes {
            Becomes::Set => Some(passphrases.next()?),
            Becomes::Removed => None,
        };
        let Session { service, caller, .. } = session;
        Ok(service.set_identity_passphrase(caller, identity.id, &authority, new.as_ref())?)
    })
}

/// What has to be typed is found out first, and typed while others can have the store. Nobody is asked for what would be refused
/// anyway.
fn ask_what_is_needed(
    ready: &Ready<'_>,
    common: &Common,
    passphrases: &mut OwnPassphrases,
    what: &IdentityPassphrase,
    becomes: Becomes,
) -> Result<(), Told> {
    let session = ready.open_unsigned(Opening::Whole)?;
    let identity = session.identity(&what.identity.name).map_err(|failure| failure.told(Some(&session)))?;
    let admitted = session.service.world().set_proof(identity.id, proof(becomes));
    admitted.map_err(|refusal| Failure::from(refusal).told(Some(&session)))?;
    let directory = &session.service.world().directory;
    let asker = common
        .who_asks()
        .map_or(Some(IdentityId::DEVELOPER), |who| identities::find(directory, who).map(|identity| identity.id));
    drop(session);
    if !what.reset_with_store_passphrase && identity.proof != Proof::None && asker != Some(identity.id) {
        passphrases.ask_current(&identity.name)?;
    }
    if becomes == Becomes::Set {
        passphrases.ask_next(&identity.name)?;
    }
    Ok(())
}

const fn proof(becomes: Becomes) -> Proof {
    match becomes {
        Becomes::Set => Proof::Passphrase,
        Becomes::Removed => Proof::None,
    }
}
