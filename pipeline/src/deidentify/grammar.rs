//! The small words by which people introduce one another: titles, roles, verbs that people do,
//! buildings that carry people's names. Lists of grammar, not of names, so they stand in code.

use super::lexicon::{
    BUILDING, CLOSING, DOES, FUNCTION, IS, LOCATIVE, Marks, PARTICLE, PLAIN_SURNAME, ROLE, ROYAL,
    SOFT_TITLE, THING, TIME, TITLE, TOWARDS,
};

/// Each list with the mark that its words get.
pub(super) const LISTS: [(&str, Marks); 16] = [
    (TITLES, TITLE),
    (SOFT_TITLES, SOFT_TITLE),
    (ROLES, ROLE),
    (FUNCTION_WORDS, FUNCTION),
    (DONE_BY_PEOPLE, DOES),
    ("is was has had isn't wasn't hasn't", IS),
    (BUILDINGS, BUILDING),
    ("in at near around outside across towards throughout between of", LOCATIVE),
    (
        "de da do dos della van der den von bin ibn ap ferch al el la le mac mc st ni nic ui",
        PARTICLE,
    ),
    ("queen king prince princess duke royal saint st lord", ROYAL),
    (TIMES, TIME),
    (THINGS, THING),
    (
        "with to by from and thank thanks dear hi hello ask asked tell told met love bless especially",
        TOWARDS,
    ),
    (PLAIN_SURNAMES, PLAIN_SURNAME),
    (
        "regards sincerely faithfully truly wishes thanks you signed from love cheers advance \
         respectfully yours best gratefully",
        CLOSING,
    ),
    ("said says told came comes visited visits rang phoned", DOES),
];

/// A name follows these almost always.
const TITLES: &str = "mr mrs ms mx dr prof rev revd cllr messrs sr fr sgt dame canon";

/// A name follows these when it is written like one.
const SOFT_TITLES: &str = "nurse sister doctor matron miss auntie aunty aunt uncle nan nanny \
    nanna nana grandma grandad granddad granny cousin father pastor imam sir lady lord professor sergeant \
    deacon bishop alderman captain major \
    councillor reverend carer";

const ROLES: &str = "carer carers caregiver nurse mum mam mom mother dad father husband wife \
    partner son daughter sister brother manager supervisor coordinator co-ordinator worker \
    workers neighbour neighbours friend friends doctor gp receptionist physio ot therapist \
    consultant driver cleaner assistant assistants lady ladies lad lads girl girls man woman \
    helper helpers sitter befriender cook enabler support-worker midwife paramedic porter surgeon dentist nan grandma grandad gran granddaughter \
    grandson niece nephew cousin aunt auntie uncle granny stepson stepdaughter colleague advocate \
    mother-in-law father-in-law daughter-in-law son-in-law keyworker team leader boss owner \
    director counsellor volunteer warden client resident patient tutor matron hca boyfriend \
    girlfriend ex chap gentleman bloke trainee student senior pa clients \
    gentlemen fella fellow woman women lass lasses lassie laddie youngster missus missis regular mates mate landlady landlord lodger \
    boy uncle granda facilitator interviewer interviewee participant respondent researcher \
    moderator transcriber handyman plumber gardener chiropodist podiatrist optician postman milkman \
    hairdresser electrician decorator yiayia pappou babcia dziadek nonna nonno abuela abuelo mamgu \
    tadcu nain taid bampi oma opa ammi abbu appa thatha paati gramps grampa granma";

const FUNCTION_WORDS: &str = "a an the and or but if then than that this these those there here \
    i you he she it we they me him her us them my your his its our their mine yours ours theirs \
    am is are was were be been being do does did have has had having can could shall should would \
    might must not no nor so as at by for from in into of off on onto out over to up with without \
    about after again all also always any because before being both down during each every few \
    how just let lot many more most much never now once only other own per quite rather really \
    same since some such too under until very via what when where which while who whom whose why \
    yes back first last next well even still yet please thank thanks sorry hello hi dear ok okay \
    don't didn't doesn't can't couldn't won't wouldn't shouldn't i'm i've i'd i'll it's that's \
    he's she's they're we're you're there's what's who's let's im ive haven't hadn't aren't \
    weren't ain't mustn't needn't shan't mightn't daren't oughtn't o'clock";

/// Things that people do to one another in comments about care.
const DONE_BY_PEOPLE: &str = "came comes visits visited helped helps said says told tells rang \
    rings phoned phones arrived arrives left stayed stays turned listened listens explained \
    explains chatted chats sat sits cooked cooks cleaned cleans washed washes dressed brought \
    brings gave gives made makes took takes treated treats looked looks knows knew understood \
    understands smiled smiles does did goes went gets got cares cared deserves retired passed \
    died introduced answered noticed reassured sings works worked speaks spoke talks talked walks drives drove keeps kept always never remembers \
    remembered forgets lets comforted calmed checks checked fed feeds lifted holds held cried laughs \
    laughed jokes jollies \
    fell slept trained taught swapped texted texts wrote bathes shaved shaves reckons hates loves likes asked \
    asks found felt feels thinks thought stood ran sent saw heard bought wants wanted agrees \
    agreed disagrees disagreed suggests suggested confirmed requested reported reports";

/// What follows the name of a person when it has become the name of a place.
const BUILDINGS: &str = "hospital hospitals ward wards centre center clinic clinics surgery unit \
    units suite house court lodge road street lane avenue close drive way health medical practice \
    university school college church hall park home homes care infirmary hospice building wing \
    room gardens place square theatre trust foundation pharmacy group ltd limited services \
    agency homecare services domiciliary cottage bridge station village day community general council day-case primary estate \
    syndrome disease palsy scale score catheter frame line test method model ann's award awards nomination course appeal team's";

const TIMES: &str = "may june april august summer autumn winter spring march monday tuesday \
    wednesday thursday friday saturday sunday january february july september october november \
    december christmas easter";

/// What is called something without being a person.
const THINGS: &str = "company agency firm place service scheme app drug medicine tablet ward \
    hospital project group centre programme system charity provider condition disease thing \
    document policy form road street town village home club department unit organisation \
    business dog cat pet product machine device illness website was-called";

/// Surnames that are everyday words and still taken, written small, after a given name.
const PLAIN_SURNAMES: &str = "smith brown taylor baker carter cooper turner walker wright clark \
    king hill wood hall green white harris mason palmer hunt fox fisher butler potter gardener \
    porter shepherd parsons bishop barker cook marsh lamb webb webster archer brooks banks";
