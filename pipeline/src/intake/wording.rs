//! What the words of a header tell about its column: who, when, which, and what a question asks.
//!
//! Patterns are matched on headers (a few dozen a file), never on answers. They are the one place
//! where the habits of survey platforms and of people who write surveys are written down.

use std::sync::LazyLock;

use regex::Regex;

use super::understanding::Role;
use crate::response::{Polarity, Stance};

/// Declares functions that tell whether a lower-case header matches a pattern.
macro_rules! tells {
    ($($(#[$doc:meta])* $name:ident = $pattern:expr;)+) => { $(
        $(#[$doc])*
        pub(crate) fn $name(header: &str) -> bool {
            #[allow(clippy::unwrap_used, reason = "a constant pattern, compiled by the tests")]
            static PATTERN: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).unwrap());
            PATTERN.is_match(header)
        }
    )+ };
}

tells! {
    /// May the answer be quoted or published?
    consent = r"\b(quot\w*|publish\w*|publication|made public|attribut\w+|(share|use|include) (your|my) (comments?|response|feedback|answers?|words|story))\b.*\?|\b(happy|consent|agree|permission|may we|can we|willing|ok)\b.*\b(quot\w*|publish\w*|publication|made public|attribut\w+|anonym\w+)|^(consent|permission)[ _]?(to)?[ _]?(quot\w*|publish\w*|publication|share)|^((may|can)[ _]quote|publish(ed)?( (my |your |this |the )?(response|comment|answer|reply|submission))?|quot(e|able)|publishable|shareable|consent(ed)?( given)?|is[ _](public|publishable|quotable))( ?\(?(y|yes) ?(/|or) ?(n|no)\)?)?\??$|^(can|may|could|shall|is it ok\w* (if|to|for))[ _]\b.*[ _](quot\w*|publish\w*)\b|^(ok|okay|happy|willing|permission)[ _]to[ _](share|use|quote|publish|print|be quoted)\b|\bquotes? (ok|okay|allowed|permitted|fine)\b|\b(happy|consent|agree\w*|permission|may we|can we|willing|ok|okay|fine|allow)\b.*\b(my|your|these|the|this|their) (anonym\w* )?(comments?|response|feedback|answers?|views?|words|story|quotes?|submission|reply)\b.*\b(shar(e|ed|ing)|us(e|ed|ing)|includ(e|ed|ing)|public\w*|report\w*)\b|\b(response|comments?|answers?|submission):? publication\b";
    /// Does a yes keep the answer out of sight?
    hidden = r"^(is )?(hidden|hide|confidential|private|withhold|withheld|suppress(ed)?|redact|do not publish|not for publication)( ?\(?(y|yes) ?(/|or) ?(n|no)\)?)?\??$|\b(keep|treat\w*|kept|want|like)\b.*\b(confidential|private)\b|\b(do not|don't|not) (want|wish|publish|quote|share)\b.*\b(publish|quot|shar|response|comment)|\bremain confidential\b";
    /// Someone's name.
    name = r"^(what('s| is| are)? )?(your |the |respondent'?s? |patient'?s? |client'?s? |contact |customer |carer'?s? |user |staff |worker'?s? |full |first |fore|given |last |middle |sur|family |preferred )*names?( of (the )?(respondent|patient|client|person( completing.*)?|customer|carer|individual|resident))?( and .*|, .*| \(.*\))?[?:*]*$|^(surname|forename|firstname|lastname|fullname|first_name|last_name|full_name|signed( by)?$|signature$|completed by|recipient ?(first|last) ?name|name \(optional\))";
    /// An e-mail address.
    email = r"^(your |what is your |contact |respondent |recipient ?|work )*e-?mail( ?address)?\b|\be-?mail address\b|^username$";
    /// A telephone number.
    phone = r"\b(tele)?phone\b( number)?|\bmobile( number| no)?\b|^tel\b|\bcontact (number|details)\b";
    /// A place where someone lives.
    address = r"^(your |home |postal |street |full |what is your |what's your )*address( line)? ?\d?\b|^street$|^house (name|number)|\bhome address\b";
    /// A postcode.
    postcode = r"\bpost ?codes?\b|\bzip ?code\b|^postal ?code$";
    /// A network address or device.
    network = r"^ip( ?address)?$|\bip address\b|^(ip|location ?(latitude|longitude)|user ?agent|browser|device( data)?|latitude|longitude|ipaddress)$";
    /// A day of birth.
    birth = r"\bdate of birth\b|\bd\.?o\.?b\.?\b|\bbirth ?da(y|te)\b";
    /// A number that stands for a person.
    person_number = r"\bnhs (number|no)\b|\bnational insurance\b|\bni number\b";
    /// A job.
    job = r"\b(job|role|position)( title)?$|^(your |what is your )?(job title|job role|occupation|profession|role)\b";
    /// A name of something that is not a person.
    thing = r"\b(provider|organisation|organization|agency|company|service|practice|surgery|hospital|care home|employer|team|trust|council|charity|product|file|site|collector|survey)('s)?\b.{0,20}\bname\b|\bname of (the |your |a )?(main |home |current |care )*(provider|organisation|organization|agency|company|service|practice|gp|surgery|hospital|care|home|employer|team|trust|council|charity|group)";
    /// A day.
    date = r"\bdate\b|\btime ?stamp\b|^(start|end|completion|submission|modified|created|recorded|submitted|completed|started|last modified) ?(time|date|at|on)?$|^(day|when)$|_at$|_date$";
    /// A wave of a survey.
    wave = r"^(survey |reporting |financial |fiscal |collection )?(wave|round|year|period|quarter|phase|cycle|month|survey year)( number| name| no)?$";
    /// A score.
    rating = r"\b(score|rating|rate|stars?|nps|fft|satisfaction|out of (5|10|ten|five)|scale)\b|how (likely|satisfied|happy|well|good)|\b1 ?(to|-|–) ?(5|10)\b";
    /// Asks for a judgement, which is an answer and no trait of who answers.
    judges = r"^(\W*q?\d*[.):]?\s*)?(overall,? )?how (was|is|were|are|good|satisfied|happy|likely|well|would you (rate|describe)|do you (rate|feel|find))\b|\bto what extent\b|\bdo you (agree|support)\b|\b(your|overall) (experience|satisfaction)\b";
    /// Who speaks.
    speaker = r"\b(best describes? you|describes? (you|your (role|relationship|situation|connection))|responding as|respond(ent)? (type|category|group)|type of respondent|respondent_type|in what capacity|which capacity|are you( a|:| responding| completing|\?|\b.*(carer|individual|organisation|patient|service user|staff))|i am( a|:|\.\.\.|…|$)|who (is|are) (you|completing|filling|answering)|(completed|filled (in|out)) by$|completing this (survey|form|questionnaire)( as| on behalf)|your (relationship|connection) (to|with)|relationship to|capacity|on behalf of|your role|voice|speaker)\b|^(respondent|role|relationship|capacity)$|^which (of (these|the following) )?(are you|best)";
    /// "Are you...", with what one may be in the answers.
    asks_who = r"^(\W*q?\d*[a-z]?[.):]?\s*)?(are you|i am|who are you|you are)\s*(\.{2,}|…|:|\?|\(|-|$)";
    /// The question, in tables with an answer a row.
    question_column = r"^(survey |the |open )?(question|prompt|item)s?([ _](text|asked|name|title|wording|label|full|body|type))?$|^(comment|answer|feedback|response|question)[ _](type|category|kind|question)$|^(question|q)[ _]?(id|no|number|code|key)?$|^which question\b";
    /// Codes that someone gave to answers.
    coding = r"^(sub[- _]?)?(theme|topic|category|categor\w+|sentiment|criticality|crit|code[sd]?|label|tag|subcategory|coder|language)s?( ?\d+)?$";
    /// A list of questions, not of answers.
    about_questions = r"\b(title|text|wording|number|name|part|type) of (the|each) question\b|\bquestion (title|wording|part)\b";
    /// A sheet beside the answers that sums them up, or tells how they are kept.
    beside_the_answers = r"^\W*(summary|overview|dashboard|analysis|pivot|charts?|graphs?|lookups?|lists?|drop ?downs?|validation|read ?me|notes|instructions?|guidance|how to|codebook|code ?list|key|legend|data dictionary|stats?|statistics|cover|contents|totals?)\b|\b(summary|pivot|chart|lookup|dropdowns?|codebook|read ?me)$";
    /// A total or a note below the rows of a table.
    below_the_table = r"^(grand |sub-?)?totals?$|^(grand |sub-?)?total (number( of .*)?|returns?|responses?|respondents?|replies|forms|rows|received|count|score|average|y|n|yes|no)\b.{0,20}$|^(overall )?(average|mean|median)( (rating|score|mark))?$|^(source|base|note|notes|nb|key) ?:|^count( of .*)?$|^n ?=|^end of (the )?(report|data|file|export|survey|results|list|table)\b";
    /// Someone who is named in a log.
    somebody = r"^(complainant|caller|enquirer|raised by|reported by|made by|next of kin|nok|key ?worker|allocated (to|worker)|investigator|investigating officer|handled by|handler|(lead|responsible) (officer|manager)|social worker)( name)?$|^\W*(su|service user|client|patient|staff|carer|worker|customer|respondent)?('?s)? ?initials$|\bwhat('s| is) your \W*(first |last |full |sur)?names?\b";
    /// The id of what many respondents share: the link or form that they came by, the place they are at.
    shared_id = r"^(collector|collection|campaign|channel|link|mailing|batch|provider|service|site|location|team|ward|practice)[ _]?(id|code)$";
    /// Asks for words.
    asks_for_words = r"comments?\b|please (tell|explain|describe|say|give (us )?(details|more|any|a reason|your reasons?|examples?)|share|provide (details|more|any|further)|elaborate|expand|use (this|the) (space|box)|write|add|let us know|specify|state|outline)|\btell us\b|\bwhy\b|\breasons?\b( for| why|$)|\bdescribe\b|\bexplain\b|\bfurther (details|information|comments)\b|\bany ?(thing)? (else|other)\b|\banything (you|that|about|we)\b|\bsuggest\w*|\byour (views?|thoughts|experiences?|story|feedback|opinion|words|testimony|response)\b|\bfree[- _]?text\b|\bverbatim\b|\bnarrative\b|\btestimon|\bstory\b|\bfeedback\b|\bopen[- ]ended\b|\bother\b.*\(?(please )?(specify|state|describe)|_?(text|txt|comment)$|^(answer|response|responses|quote|quotes|transcript|note|notes|remarks?|observation|complaint|compliment|concern|message|what (they|was) said)$";
    /// Is put as a question about matters, not about facts of a person.
    question = r"^(\W*q?\d*[.):]?\s*)?(what|how|why|which|who|where|when|if|do|does|did|is|are|was|were|have|has|can|could|would|should|in your|to what|thinking|overall|please|one thing|name (one|three|two))\b|\?";
    /// A fact of a person or a service: short answers to it are no open text.
    fact = r"\b(your|the) (age|gender|sex|ethnic\w*|nationality|religion|faith|sexual\w*|marital|employ\w+|job|role|occupation|postcode|address|name|e-?mail|phone|telephone|date of birth|first language|language|gp|surgery|practice|area|ward|district|town|village|borough|team|provider|agency|organisation|company)\b|\bwhere do you live\b|\bwhich (provider|agency|organisation|company|team|service|area|town|ward|council|care agency|care company|gp)\b|\bwho (provides|is your|are your)\b|\bhow (old|many|much|long|often|far|did you (hear|find))\b|\bwhat (area|town|ward|gender|age|ethnic\w*|language|year|date|time|provider|agency|company|job)\b|\bwhen (did|was|were|is)\b|\bname of\b|\bcontact details\b";
    /// An explanation of the answer before it, and nothing without it.
    leans_on_the_one_before = r"^(\W*q?\d*[.):]?\s*(\(?[a-z][.):]\s*)?)?((please )?(can|could) you )?(please |if (so|yes|no|not|other)[,:]? (please )?)?(explain|say|tell us|give|describe|state|specify|provide|add|share|expand|elaborate|comment|comments|why|other|reason|reasons|further|additional|any (other|further|additional)|details)\b.{0,60}$";
    /// Says what it asks about: it needs no question before it.
    names_its_matter = r"\babout (a|an|any|the|your|how|what|when)\b \w+ \w+";
    good = r"\b(what|things?|anything|something|one thing|aspects?)\b.{0,40}\b(good|well|best|great|positive|enjoy(ed)?|valued?|works?|working|worked|helpful|appreciate)\b|\b(like|liked|enjoy|value) (best|most|about)\b|\bgood (practice|experience|points?|things?|about)\b|\bpositives?\b|\bpraise|\bcompliments?\b|\bwent well\b|\bgo(es|ing)? well\b|\bworked well\b|\bworking well\b|\bwhat do we do well\b|^(the )?(good|best)\b|\bwhat (do|did) you like\b|\bstrengths?\b|\bproud of\b|\bthank\b|\b(satisfied|happy|pleased) with\b|\bpleas(es|ed) you\b|\bwhat (do|did|have) (you|people|they) (most )?(like|love|enjoy|value)\w*\b|^(most )?(liked|loved|enjoyed|valued)( best| most)?$|\bbest (things?|parts?|bits?|aspects?|features?)\b|^www$|\b(sy'n|oedd yn|aeth yn) dda\b";
    /// What people would miss is what is good, though they would miss it if it stopped.
    missed = r"\bwhat\b.*\b(would|do|will) (you|they|people) (most )?miss\b|\bmiss (the )?most\b";
    improve = r"\bimprov\w*|\bbetter\b|(\bnot|n't|\bless) (work\w* |go\w* |been |done )?(so |as |very |quite )?(well|good)\b|\bworst\b|\bwent wrong\b|\bgo(ne)? wrong\b|\bdislike\w*|\bbad(ly)?\b|\bpoor(ly)?\b|\bproblems?\b|\bconcerns?\b|\bcomplain\w*|\bnegatives?\b|\bdifficult\w*|\bfrustrat\w*|\b(would|could|should|like to see) (you |we |be |it )?(to )?chang\w+|\bwhat (would|should|could) .{0,20}chang\w*|\bdo(ne|ing)? (things? )?differently\b|\bneeds? (to (be )?)?(chang|fix)\w*|\bdriv\w+ (you|people|them) (mad|crazy|up the wall)\b|\bbothers?\b|\b(irritat|infuriat)\w*|^ebi$|\b(fod|bod) yn well\b|\bgwella\b|\bin charge\b|\bweakness\w*|\bnot good\b|\bleast\b|\bwhat (doesn't|does not|isn't|is not|didn't|did not)\b|\bgaps?\b|\bmissing\b|\bchallenges?\b|\bbarriers?\b|\b(in|into) the way of\b|\bstops?\b|\bstopp(ed|ing)\b|\bprevent\w*|\bhold\w* (you|us|me|people|them) back\b|\bstruggl\w*|\bannoy\w*|\bupsets?\b|\blets? (you|us|people) down\b|\bharder\b|\bone thing .{0,20}\bchange\b|\bnot (satisfied|happy|pleased)\b|\bunhappy\b|\bdissatisf\w*|\b(get|got|getting) (it |things )?wrong\b";
    proposal = r"\bpropos\w+|\bdo you (agree|support|oppose)\b|\bagree or disagree\b|\b(support|oppose|object to) (the|this|our|these)\b|\bconsultation\b|\bpreferred option\b|\boption (\d|[a-d])\b|\bplan(s|ned)? (to|for)\b|\bviews? on (the|this|our) (plan|change|model|draft|option)|\bdraft (strategy|plan|policy)\b|\bextent do you agree\b|\bin favour\b";
    /// Words of a letter that replies to a proposal.
    replies = r"\b(propos(al|als|ed|ing)|consultation)\b|\b(support|oppose|object to|against|in favour of|agree with|disagree with|welcome) (the|this|your|these) (\w+ ){0,3}(plans?|changes?|model|idea|scheme|closure|cuts?|direction)\b|\b(got|had|received|thank you for|in reply to|about|reply to|regarding) (one of )?your (\w+ |[\d,]+ ){0,2}(letters?|document|paper|leaflet|plans?)\b|\bi (wish to |must |strongly |do not |don't )*(object|disagree|agree)\b|\b(not )?in favour\b|\bi am (\w+ )?against (it|this)\b";
}

/// What a question asks for.
pub(crate) fn polarity(question: &str) -> Polarity {
    let text = question.to_lowercase().replace('’', "'");
    // A key of a record ("answers.good") asks by its last part.
    let text = match text.rsplit_once('.') {
        Some((_, last)) if !text.contains(char::is_whitespace) && !last.is_empty() => last,
        _ => &text,
    };
    let text = text.replace('_', " ");
    if proposal(&text) {
        return Polarity::Proposal;
    }
    if missed(&text) {
        return Polarity::Good;
    }
    // "What was good" stands within "was anything less good"; what could be better decides first.
    match (good(&text), improve(&text)) {
        (true, true) if less_than_good(&text) => Polarity::Improve,
        (true, false) => Polarity::Good,
        (false, true) => Polarity::Improve,
        _ => Polarity::Neutral,
    }
}

/// "What did not go well, and why", "anything we could have done better": one question, not two.
fn less_than_good(text: &str) -> bool {
    let both = text.contains(" and ") || text.contains(" or ") || text.contains('/');
    !both || !good(&without_negated(text))
}

/// A question without what it says is not so: "what does not work well".
fn without_negated(text: &str) -> String {
    #[allow(clippy::unwrap_used, reason = "a constant pattern, compiled by the tests")]
    static NEGATED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(what|things?|anything|something)?\b[^?,.]{0,12}(\bnot|n't|\bless)\b[^?,.]{0,24}\b(well|good|working|work|works|satisfied( with)?|happy( with)?|pleased( with)?)\b").unwrap()
    });
    NEGATED.replace_all(text, "").into_owned()
}

/// For or against, where people ticked an answer; None where it is no such answer.
pub(crate) fn stance(answer: &str) -> Option<Stance> {
    const UNSURE: [&str; 9] = [
        "neither",
        "not sure",
        "unsure",
        "don't know",
        "do not know",
        "no opinion",
        "no view",
        "undecided",
        "maybe",
    ];
    const IN_PART: [&str; 11] = [
        "partly",
        "partially",
        "in part",
        "to some extent",
        "agree with condition",
        "agree, but",
        "yes, but",
        "yes but",
        "support with",
        "depends",
        "it depends",
    ];
    const AGAINST: [&str; 7] =
        ["disagree", "oppose", "object", "against", "no", "not in favour", "do not support"];
    const FAVOUR: [&str; 5] = ["agree", "support", "in favour", "for", "yes"];
    const DEGREE: [&str; 8] = [
        "strongly ",
        "tend to ",
        "slightly ",
        "mostly ",
        "somewhat ",
        "completely ",
        "fully ",
        "totally ",
    ];
    let text = answer.to_lowercase().replace('’', "'");
    let text = text.trim().trim_start_matches(|c: char| !c.is_alphabetic());
    if text.split_whitespace().count() > 8 {
        return None;
    }
    let starts = |words: &[&str]| words.iter().any(|word| text.starts_with(word));
    if starts(&UNSURE) {
        return Some(Stance::Unclear);
    }
    if starts(&IN_PART) {
        return Some(Stance::Conditional);
    }
    let plain = DEGREE.iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
    let is = |words: &[&str]| {
        words.iter().any(|word| {
            plain.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
        })
    };
    match (is(&AGAINST), is(&FAVOUR)) {
        (true, _) => Some(Stance::Oppose),
        (_, true) => Some(Stance::Support),
        _ => None,
    }
}

/// Asks for words, or what is good or could be better.
pub(crate) fn asks_for_words_or_views(header: &str) -> bool {
    asks_for_words(header) || question(header) || good(header) || improve(header)
}

/// Whether a header says this.
type Tells = fn(&str) -> bool;

/// The kind of personal identifier that a header names.
pub(crate) fn personal(header: &str) -> Option<Role> {
    if thing(header) {
        return None;
    }
    let kinds: [(Tells, Role); 8] = [
        (birth, Role::BirthDate),
        (person_number, Role::Phone),
        (network, Role::Network),
        (email, Role::Email),
        (postcode, Role::Postcode),
        (phone, Role::Phone),
        (address, Role::Address),
        (name, Role::Name),
    ];
    kinds.into_iter().find(|(tells, _)| tells(header)).map(|(_, role)| role)
}

/// How well a header names the id of a respondent: 0 not at all.
pub(crate) fn id_rank(header: &str) -> u8 {
    let plain: String = header.chars().filter(char::is_ascii_alphanumeric).collect();
    match plain.as_str() {
        _ if shared_id(header) => 0,
        "respondentid" | "respondent" | "respondentnumber" | "respondentref" | "personid"
        | "participantid" => 9,
        "patientid" | "ptid" | "clientid" | "userid" | "serviceuserid" | "memberid" | "pid"
        | "participant" => 8,
        "responseid" | "submissionid" | "answerid" | "surveyresponseid" | "entryid"
        | "resultid" | "caseid" => 7,
        "id"
        | "uid"
        | "uuid"
        | "ref"
        | "reference"
        | "refno"
        | "referencenumber"
        | "uniqueid"
        | "uniquereference"
        | "responsereference"
        | "responsenumber"
        | "responseno"
        | "identifier"
        | "uniqueresponsenumber"
        | "clientno"
        | "clientnumber"
        | "caseno"
        | "casenumber"
        | "complaintno"
        | "complaintnumber"
        | "complaintref"
        | "complaintreference"
        | "urn" => 6,
        "commentid" | "feedbackid" | "recordid" | "rowid" | "no" | "number" | "serial"
        | "index" | "row" | "" => 4,
        _ if plain.ends_with("respondentid") || plain.ends_with("userid") => 5,
        _ if header.ends_with(" id")
            || header.ends_with("_id")
            || header.ends_with(" ref")
            || header.ends_with(" reference") =>
        {
            3
        }
        _ => 0,
    }
}

/// How well a header names the day of answering: higher is better, 0 where it is another day.
pub(crate) fn date_rank(header: &str) -> u8 {
    let has = |words: &[&str]| words.iter().any(|w| header.contains(w));
    match () {
        () if birth(header) => 0,
        () if has(&["submi", "complet", "end date", "enddate", "end time", "finish", "respon"]) => {
            5
        }
        () if has(&["timestamp", "time stamp", "recorded", "received"]) || header == "date" => 4,
        () if has(&["start", "created", "date"]) => 3,
        () => 1,
    }
}

/// How well a header names a breakdown that people ask for: lower is better, None where it does not.
pub(crate) fn breakdown_rank(header: &str) -> Option<u8> {
    const WORDS: [&[&str]; 6] = [
        &["provider", "agency", "company", "supplier"],
        &[
            "area",
            "ward",
            "district",
            "borough",
            "locality",
            "town",
            "location",
            "region",
            "neighbourhood",
            "zone",
            "place",
            "county",
            "urban",
            "rural",
            "parish",
            "live",
        ],
        &[
            "service",
            "sector",
            "team",
            "site",
            "hub",
            "organisation",
            "organization",
            "trust",
            "pathway",
            "directorate",
            "division",
            "model",
            "scheme",
            "pilot",
        ],
        &["role", "relationship", "respondent", "funding", "funded", "payment", "package"],
        &["age", "gender", "sex", "ethnicity", "ethnic", "disability", "disabled"],
        &["language", "living", "household", "condition"],
    ];
    let words: Vec<&str> =
        header.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    if words.len() > 14 {
        return None;
    }
    let holds = |list: &[&str]| {
        words.iter().any(|w| list.contains(w) || list.contains(&w.trim_end_matches('s')))
    };
    WORDS.iter().position(|list| holds(list)).map(|at| at as u8)
}

/// A header for comparing: lower case, letters and digits, single spaces.
pub(crate) fn normal(header: &str) -> String {
    let lower = header.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.join(" ")
}

/// Words that make prose: they stand in what people say, hardly in names, places or choices.
const PROSE: [&str; 44] = [
    "i",
    "my",
    "me",
    "we",
    "was",
    "were",
    "is",
    "are",
    "they",
    "she",
    "he",
    "it",
    "its",
    "not",
    "very",
    "to",
    "have",
    "has",
    "had",
    "been",
    "our",
    "you",
    "your",
    "would",
    "be",
    "more",
    "could",
    "don't",
    "but",
    "so",
    "when",
    "always",
    "never",
    "them",
    "us",
    "no",
    "too",
    "only",
    "because",
    "that",
    "need",
    "nothing",
    "everything",
    "good",
];

/// True where a text reads like words that someone wrote, rather than a name or a choice.
pub(crate) fn prose(text: &str) -> bool {
    let mut words =
        text.split(|c: char| !c.is_alphabetic() && c != '\'' && c != '’').filter(|w| !w.is_empty());
    words.any(|w| PROSE.iter().any(|p| p.eq_ignore_ascii_case(w)))
}

/// True for what stands in a cell when there is nothing to say: blank, "n/a", "NULL".
pub(crate) fn missing(cell: &str) -> bool {
    let cell = cell.trim();
    cell.is_empty()
        || cell.len() <= 6
            && ["na", "n/a", "null", "nan", "-", "--", ".", "#n/a", "none.", "n.a.", "(none)"]
                .iter()
                .any(|m| m.eq_ignore_ascii_case(cell))
}

/// True for an answer that says nothing, for the counts of the report (`status` is decided later).
pub(crate) fn says_nothing(cell: &str) -> bool {
    let plain = cell.trim().trim_end_matches(['.', '!']);
    plain.len() <= 20
        && [
            "no",
            "none",
            "nothing",
            "nil",
            "no comment",
            "no comments",
            "n/a",
            "na",
            "not applicable",
            "did not answer",
            "nope",
            "nothing to add",
            "no answer",
            "see above",
            "as above",
            "?",
            "x",
        ]
        .iter()
        .any(|n| n.eq_ignore_ascii_case(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_have_the_polarity_that_they_ask_for() {
        for (question, expected) in [
            ("What was good about your care?", Polarity::Good),
            ("What do we do well?", Polarity::Good),
            ("What works well?", Polarity::Good),
            ("What do you like most about your care?", Polarity::Good),
            ("What could be better?", Polarity::Improve),
            ("What could we have done better?", Polarity::Improve),
            ("Please tell us about anything that we could have done better", Polarity::Improve),
            ("What did not go well?", Polarity::Improve),
            ("What has not gone so well?", Polarity::Improve),
            ("What does not work so well?", Polarity::Improve),
            ("answers.good", Polarity::Good),
            ("answers.could_be_better", Polarity::Improve),
            ("What would you change?", Polarity::Improve),
            ("What is good about the service and what could be improved?", Polarity::Neutral),
            ("Please tell us about your care", Polarity::Neutral),
            ("Why did you give that answer?", Polarity::Neutral),
            ("Do you agree with the proposed locality model? Please explain", Polarity::Proposal),
            ("Any other comments?", Polarity::Neutral),
            ("Did you miss any visits?", Polarity::Neutral),
            ("What do you love about it?", Polarity::Good),
            ("liked", Polarity::Good),
            ("What pleases you about the home help?", Polarity::Good),
            ("q_best_thing_about_care", Polarity::Good),
            ("What would you miss most if the service stopped?", Polarity::Good),
            ("Beth sy'n dda am eich gofal?", Polarity::Good),
            ("Tell us about a time when it didn't go so well.", Polarity::Improve),
            ("What would you like to see done differently?", Polarity::Improve),
            ("And what drives you mad?", Polarity::Improve),
            ("What needs to change?", Polarity::Improve),
            ("EBI", Polarity::Improve),
        ] {
            assert_eq!(polarity(question), expected, "{question}");
        }
    }

    #[test]
    fn people_are_told_from_things() {
        assert_eq!(personal("what is your name?"), Some(Role::Name));
        assert_eq!(personal("email address"), Some(Role::Email));
        assert_eq!(personal("ip address"), Some(Role::Network));
        assert_eq!(personal("name of your care provider"), None);
        assert_eq!(personal("organisation name"), None);
        assert_eq!(personal("name one thing we could do better"), None);
        assert_eq!(personal("what could we do better?"), None);
    }

    #[test]
    fn a_ticked_answer_is_for_or_against() {
        for (answer, expected) in [
            ("Strongly agree", Some(Stance::Support)),
            ("1 - Agree", Some(Stance::Support)),
            ("Tend to disagree", Some(Stance::Oppose)),
            ("No", Some(Stance::Oppose)),
            ("Neither agree nor disagree", Some(Stance::Unclear)),
            ("Not sure", Some(Stance::Unclear)),
            ("Yes, but only if staff are paid", Some(Stance::Conditional)),
            ("North", None),
            ("Forest ward", None),
        ] {
            assert_eq!(stance(answer), expected, "{answer}");
        }
    }

    #[test]
    fn consent_is_told_from_taking_part() {
        for header in [
            "are you happy for us to quote you anonymously?",
            "may we quote you?",
            "can we use your comments in our report?",
            "we usually publish a summary of all responses - would you be happy for your individual response to be published in full?",
        ] {
            assert!(consent(header), "{header}");
        }
        for header in [
            "publish (y/n)",
            "may be quoted",
            "i'm ok with my feedback being shared publicly",
            "consent",
            "i agree that my comments can be used in council reports",
            "ok to share",
            "anonymous quotes ok",
            "can this be published (yes/no)",
            "publishable",
            "is public",
            "your response: publication",
            "i agree to my views being included in the public report",
        ] {
            assert!(consent(header), "{header}");
        }
        for header in [
            "do you consent to take part?",
            "are you happy with how your care is shared between agencies?",
            "i am happy with my care",
            "quotes",
            "can you use the bath?",
        ] {
            assert!(!consent(header), "{header}");
        }
        assert!(hidden("confidential?"));
        assert!(!consent("do you agree with the proposals?"));
        assert!(!consent("please tell us about your care"));
        assert!(hidden("hidden") && hidden("please treat my response as confidential"));
    }
}
