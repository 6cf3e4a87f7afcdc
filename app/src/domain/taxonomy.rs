//! The enumerations of `domain.md` B: codes in English, labels in French.

use super::coded::{Code, codes};

codes! {
    /// Why a record is withdrawn, where its author says so.
    WithdrawalReason {
        Duplicate = "duplicate", "Doublon";
        Mistake = "mistake", "Erreur de saisie";
    }

    /// What an act was, exactly one primary type (`domain.md` B1): the seed's five and the promotion of the structure.
    InterventionType {
        Inform = "inform", "Communiquer une information";
        MaintainLink = "maintain_link", "Maintenir le lien social";
        ReachOut = "reach_out", "Entrer en contact";
        SupportProject = "support_project", "Accompagner des projets";
        Listen = "listen", "Offrir une écoute";
        PromoteStructure = "promote_structure", "Valoriser, relayer sa structure";
    }

    /// The seed's sub-kinds of an intervention (`domain.md` B1).
    InterventionDetail {
        StructureInfo = "structure_info", "La structure (horaires, activités)";
        TerritoryInfo = "territory_info", "Le territoire (événements, animations)";
        TopicInfo = "topic_info", "Une thématique (emploi, santé, prévention)";
        AnswerQuestion = "answer_question", "Répondre à un questionnement";
        ReactToPost = "react_to_post", "Réagir à une publication";
        ValuePractice = "value_practice", "Valoriser une pratique artistique";
        Emergence = "emergence", "Émergence";
        Formalisation = "formalisation", "Formalisation";
        Realisation = "realisation", "Réalisation";
        PathwayFollowUp = "pathway_follow_up", "Suivi de parcours";
        SpeakingSpace = "speaking_space", "Espace de parole";
        DiscussionGroup = "discussion_group", "Groupe de discussion";
        ActiveListening = "active_listening", "Écoute active individuelle";
    }

    /// How far an information goes (`domain.md` B1, portée).
    Reach {
        General = "general", "Générale";
        Targeted = "targeted", "Ciblée";
    }

    /// Where it took place online (`domain.md` B2).
    Network {
        Instagram = "instagram", "Instagram";
        Snapchat = "snapchat", "Snapchat";
        Youtube = "youtube", "YouTube";
        Facebook = "facebook", "Facebook";
        Messenger = "messenger", "Messenger";
        Whatsapp = "whatsapp", "WhatsApp";
        Tiktok = "tiktok", "TikTok";
        Discord = "discord", "Discord";
        Twitch = "twitch", "Twitch";
        XTwitter = "x_twitter", "X (Twitter)";
        Linkedin = "linkedin", "LinkedIn";
        OnlineGame = "online_game", "Jeu en ligne";
        Forum = "forum", "Forum";
        Blog = "blog", "Blog, site";
        Email = "email", "Courriel";
        SmsPhone = "sms_phone", "SMS, téléphone";
        VideoCall = "video_call", "Visio";
        Other = "other", "Autre";
    }

    /// The form of the exchange (`domain.md` B3).
    ChannelKind {
        PrivateMessage = "private_message", "Message privé";
        GroupChat = "group_chat", "Groupe de discussion";
        PublicComment = "public_comment", "Commentaire public";
        Publication = "publication", "Publication";
        Live = "live", "Direct, atelier en ligne";
        Call = "call", "Appel voix ou vidéo";
        InPerson = "in_person", "En présentiel";
    }

    /// One to one, or several (`domain.md` B4).
    Setting {
        Individual = "individual", "Individuel";
        Collective = "collective", "Collectif";
    }

    /// Who began the exchange (`domain.md` B5).
    Initiator {
        YoungPerson = "young_person", "Le jeune";
        Promeneur = "promeneur", "Le ou la promeneur·euse";
        Structure = "structure", "La structure";
        Parent = "parent", "Un parent";
        Partner = "partner", "Un partenaire";
        Peer = "peer", "Un pair, un autre jeune";
    }

    /// What it was about, one to three (`domain.md` B6).
    Theme {
        StructureLife = "structure_life", "Infos pratiques, activités de la structure";
        LocalEvents = "local_events", "Événements locaux, animations";
        Leisure = "leisure", "Loisirs, culture, sport, vacances";
        Informal = "informal", "Échange informel, lien social";
        DailyLife = "daily_life", "Vie quotidienne";
        Project = "project", "Projet, initiative, engagement";
        EmploymentTraining = "employment_training", "Emploi, stage, formation";
        Schooling = "schooling", "Scolarité, orientation";
        Housing = "housing", "Logement";
        Mobility = "mobility", "Mobilité";
        Rights = "rights", "Accès aux droits, démarches";
        Health = "health", "Santé";
        IllBeing = "ill_being", "Mal-être, souffrance psychique";
        Addiction = "addiction", "Addictions, conduites à risque";
        Sexuality = "sexuality", "Vie affective et sexualité";
        Family = "family", "Famille, parentalité";
        Violence = "violence", "Harcèlement, cyberharcèlement, violences";
        Discrimination = "discrimination", "Discriminations, égalité";
        UndueInfluence = "undue_influence", "Emprise, radicalisation, propos dissonants";
        DigitalUse = "digital_use", "Usages du numérique, santé et écrans";
        DigitalLaw = "digital_law", "Droit du numérique, données, image";
        MediaLiteracy = "media_literacy", "Info, intox, esprit critique";
        Prevention = "prevention", "Prévention (autre)";
        Other = "other", "Autre";
    }

    /// The groups in which themes are reported (`domain.md` B6).
    ThemeGroup {
        LocalLife = "local_life", "Vie de la structure et du territoire";
        SocialLink = "social_link", "Lien social";
        Projects = "projects", "Projets et engagement";
        Pathway = "pathway", "Parcours et insertion";
        Health = "health", "Santé et bien-être";
        Relations = "relations", "Relations et violences";
        DigitalLife = "digital_life", "Vie numérique";
        Other = "other", "Autre";
    }

    /// With whom (`domain.md` B7).
    Audience {
        Young = "young", "Jeune(s)";
        Parent = "parent", "Parent(s), famille";
        Professional = "professional", "Professionnel·le";
    }

    /// Where a young person was known from (`domain.md` B7).
    KnownFrom {
        Structure = "structure", "Connu·e en structure";
        Online = "online", "Connu·e en ligne";
        New = "new", "Nouveau contact";
    }

    /// What came of it (`domain.md` B9).
    Outcome {
        None = "none", "Aucune suite";
        OnlineFollowUp = "online_follow_up", "Échange à poursuivre en ligne";
        MeetingPlanned = "meeting_planned", "Rencontre proposée ou prévue";
        MetInPerson = "met_in_person", "Rencontré·e en présentiel";
        JoinedActivity = "joined_activity", "A rejoint une activité de la structure";
        ReferredInternal = "referred_internal", "Orienté·e vers un ou une collègue";
        ReferredExternal = "referred_external", "Orienté·e vers un partenaire";
        ProjectStarted = "project_started", "Projet initié";
        ProjectOngoing = "project_ongoing", "Projet accompagné";
        AlertMade = "alert_made", "Alerte ou signalement effectué";
    }

    /// To whom one referred (`domain.md` B9).
    ReferralKind {
        MissionLocale = "mission_locale", "Mission locale";
        InfoJeunes = "info_jeunes", "Info Jeunes";
        MaisonDesAdos = "maison_des_ados", "Maison des ados";
        Health = "health", "Soins";
        SocialService = "social_service", "Service social";
        School = "school", "Établissement scolaire";
        Housing = "housing", "Logement";
        Association = "association", "Association";
        NationalLine = "national_line", "Ligne nationale (119, 3018, 3114…)";
        Other = "other", "Autre";
    }

    /// A project, or the follow-up of a pathway (`domain.md` B10).
    ProjectKind {
        Project = "project", "Projet";
        Pathway = "pathway", "Suivi de parcours";
    }

    /// Where a project was born (`domain.md` B10).
    ProjectOrigin {
        OnlineContact = "online_contact", "Contact en ligne";
        Structure = "structure", "La structure";
        School = "school", "L’école";
        Other = "other", "Autre";
    }

    /// How far a project has come; the first three are the seed's words (`domain.md` B10).
    ProjectStage {
        Emergence = "emergence", "Émergence";
        Formalisation = "formalisation", "Formalisation";
        Realisation = "realisation", "Réalisation";
        Completed = "completed", "Abouti";
        Abandoned = "abandoned", "Abandonné";
    }

    /// The seed's list of employers (`domain.md` B11).
    StructureType {
        CentreSocial = "centre_social", "Centre social";
        Fjt = "fjt", "Foyer de Jeunes Travailleurs";
        Pij = "pij", "Point Information Jeunesse";
        AccueilJeunes = "accueil_jeunes", "Accueil jeune";
        Mjc = "mjc", "Maison des Jeunes et de la Culture";
        MissionLocale = "mission_locale", "Mission Locale";
        Mda = "mda", "Maison Des Ados";
        Ime = "ime", "IME";
        EtablissementScolaire = "etablissement_scolaire", "Établissement scolaire";
        Other = "other", "Autre";
    }
}

impl InterventionType {
    /// The word on a tile: the type in one or two words.
    pub fn short_label(self) -> &'static str {
        match self {
            Self::Inform => "Informer",
            Self::MaintainLink => "Lien",
            Self::ReachOut => "Contact",
            Self::SupportProject => "Projet",
            Self::Listen => "Écoute",
            Self::PromoteStructure => "Relayer",
        }
    }

    /// The sub-kinds that the seed gives for this type.
    pub fn details(self) -> &'static [InterventionDetail] {
        use InterventionDetail as D;
        match self {
            Self::Inform => &[D::StructureInfo, D::TerritoryInfo, D::TopicInfo],
            Self::ReachOut => &[D::AnswerQuestion, D::ReactToPost, D::ValuePractice],
            Self::SupportProject => &[D::Emergence, D::Formalisation, D::Realisation, D::PathwayFollowUp],
            Self::Listen => &[D::SpeakingSpace, D::DiscussionGroup, D::ActiveListening],
            Self::MaintainLink | Self::PromoteStructure => &[],
        }
    }
}

impl Theme {
    /// The theme in a word or two, for a chip under a thumb.
    pub fn short_label(self) -> &'static str {
        match self {
            Self::StructureLife => "Infos structure",
            Self::LocalEvents => "Événements",
            Self::Leisure => "Loisirs, sport",
            Self::Informal => "Échange informel",
            Self::DailyLife => "Vie quotidienne",
            Self::Project => "Projet",
            Self::EmploymentTraining => "Emploi, stage",
            Self::Schooling => "Scolarité",
            Self::Housing => "Logement",
            Self::Mobility => "Mobilité",
            Self::Rights => "Droits, démarches",
            Self::Health => "Santé",
            Self::IllBeing => "Mal-être",
            Self::Addiction => "Addictions",
            Self::Sexuality => "Vie affective",
            Self::Family => "Famille",
            Self::Violence => "Harcèlement",
            Self::Discrimination => "Discriminations",
            Self::UndueInfluence => "Emprise",
            Self::DigitalUse => "Écrans, usages",
            Self::DigitalLaw => "Droit du numérique",
            Self::MediaLiteracy => "Info, intox",
            Self::Prevention => "Prévention",
            Self::Other => "Autre",
        }
    }

    /// The group in which this theme is reported.
    pub fn group(self) -> ThemeGroup {
        match self {
            Self::StructureLife | Self::LocalEvents | Self::Leisure => ThemeGroup::LocalLife,
            Self::Informal | Self::DailyLife => ThemeGroup::SocialLink,
            Self::Project => ThemeGroup::Projects,
            Self::EmploymentTraining | Self::Schooling | Self::Housing | Self::Mobility | Self::Rights => {
                ThemeGroup::Pathway
            }
            Self::Health | Self::IllBeing | Self::Addiction | Self::Sexuality => ThemeGroup::Health,
            Self::Family | Self::Violence | Self::Discrimination | Self::UndueInfluence => ThemeGroup::Relations,
            Self::DigitalUse | Self::DigitalLaw | Self::MediaLiteracy | Self::Prevention => ThemeGroup::DigitalLife,
            Self::Other => ThemeGroup::Other,
        }
    }
}

/// Who sees what is exchanged online (`domain.md` B3, « visibility »).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// The two of them.
    Private,
    /// Those who were let in.
    Group,
    /// Anybody.
    Public,
}

impl ChannelKind {
    /// Its space; none face to face.
    pub fn space(self) -> Option<Space> {
        match self {
            Self::PrivateMessage | Self::Call => Some(Space::Private),
            Self::GroupChat | Self::Live => Some(Space::Group),
            Self::PublicComment | Self::Publication => Some(Space::Public),
            Self::InPerson => None,
        }
    }
}

impl ProjectStage {
    /// Whether nothing comes after it.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Abandoned)
    }
}

impl Outcome {
    /// Whether it is one of the two referrals.
    pub fn is_referral(self) -> bool {
        matches!(self, Self::ReferredInternal | Self::ReferredExternal)
    }
}

/// The French label of a code of `T`; an unknown code is shown as it is.
pub fn label_of<T: Code>(code: &str) -> String {
    T::from_code(code).map_or_else(|| code.to_owned(), |value| value.label().to_owned())
}
