//! What is held about one person, whole, for themselves to take away (articles 15 and 20 of the RGPD).

use app::domain::person::Me;

use super::Tx;

/// As JSON, with the names of the columns. What would open a door is left out: hashes of secrets.
pub async fn of(tx: &mut Tx, me: &Me) -> Result<String, sqlx::Error> {
    let (account, promeneur) = (me.account.0, me.promeneur.map(|id| id.0));
    let held = sqlx::query_scalar!(
        r#"select json_build_object(
               'compte', (select json_build_object('identifiant', login, 'nom', name, 'role', role, 'cree', created_at::date)
                          from account where id = $1),
               'connexions', (select coalesce(json_agg(json_build_object('appareil', agent, 'depuis', created_at::date,
                                 'prolongee', seen_on, 'expire', expires_at::date)), '[]')
                              from session where account_id = $1),
               'navigateurs_connus', (select coalesce(json_agg(used_on), '[]') from known_browser where account_id = $1),
               'telephones', (select coalesce(json_agg(json_build_object('depuis', first_seen_on, 'vu', last_seen_on,
                                 'saisies_en_attente', pending_count, 'retire', revoked_at::date)), '[]')
                              from device where account_id = $1),
               'cles', (select coalesce(json_agg(json_build_object('appareil', name, 'depuis', created_on, 'utilisee', used_on)), '[]')
                        from passkey where account_id = $1),
               'telephones_verrouilles', (select coalesce(json_agg(kept_on), '[]') from lock_key where account_id = $1),
               'promeneur', (select json_build_object('nom', name, 'labellisation', labelled_on, 'depart', left_on,
                                 'minutes_par_semaine', weekly_minutes) from promeneur where id = $2),
               'structures', (select coalesce(json_agg(json_build_object('nom', structure.name, 'commune', commune,
                                 'depuis', from_on, 'jusqu_a', until_on) order by from_on), '[]')
                              from affiliation join structure on structure.id = structure_id where promeneur_id = $2),
               'absences', (select coalesce(json_agg(json_build_object('du', from_on, 'au', until_on) order by from_on), '[]')
                            from promeneur_leave where promeneur_id = $2),
               'comptes_professionnels', (select coalesce(json_agg(json_build_object('reseau', social_network,
                                 'prenom', first_name, 'structure', structure, 'photo', photo, 'vu_le', checked_on)), '[]')
                                          from account_check where promeneur_id = $2),
               'releves', (select coalesce(json_agg(json_build_object('mois', month, 'recu', received_on) order by month), '[]')
                           from statement where promeneur_id = $2),
               'saisies', (select coalesce(json_agg(json_build_object('id', id, 'saisie', body, 'retiree', deleted_at::date)
                                 order by id), '[]')
                           from record where promeneur_id = $2),
               'a_verifier', (select coalesce(json_agg(json_build_object('recu', received_on, 'saisie', raw, 'question', question,
                                 'decision', resolution)), '[]')
                              from quarantine where promeneur_id = $2),
               'actes', (select coalesce(json_agg(json_build_object('jour', at::date, 'acte', act, 'sur', subject,
                                 'champs', fields) order by seq), '[]')
                         from audit_event where actor_id = $1)
           )::text as "held!""#,
        account,
        promeneur
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(held)
}
