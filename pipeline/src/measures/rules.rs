//! Phrases that say what a quantity is: the table of patterns, first match first.
//!
//! A pattern reads one sentence in plain form (see [`super::quantities`]). In it `@M` is the mark of a
//! quantity of minutes or hours, and so for the other letters; `~3` is up to three words with no mark
//! or comma between. A group `s` is what the span covers where that is more than the quantity.
//! [`super`] checks wishes and other services, [`super::context`] all the other words.

use std::sync::LazyLock;

use regex::Regex;

use super::needed::Needed;

/// What a match is made into.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Make {
    /// `q` is this measure.
    One(&'static str),
    /// `q`, or no quantity at all, says that it is this many.
    Said(&'static str, f64),
}
use Make::{One, Said};

/// What may make a match no fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// A wish, or a case supposed.
    Wish,
    /// A condition; "would" is what was usual, or what someone said.
    Condition,
    /// The words are a fact even beside "should" or "if".
    None,
}

/// A pattern and what it makes.
pub(super) struct Rule {
    pub(super) make: Make,
    pub(super) doubt: Doubt,
    pub(super) pattern: Regex,
}

/// The rules of one program.
pub(super) struct Rules {
    pub(super) rules: Vec<Rule>,
    /// Which of them a sentence may match.
    pub(super) needed: Needed,
}

const W: Doubt = Doubt::Wish;
const C: Doubt = Doubt::Condition;
const F: Doubt = Doubt::None;

/// What makes it, what may veto it, and its words.
type Row = (Make, Doubt, &'static str);

const TABLE: &[Row] = &[
    // Lateness and earliness.
    (
        One("minutes_late"),
        W,
        r"(?P<s>@M(?: too)?(?: ,)? late)(?: for| and| but| or| to| on| every| most| in| with| at| this| last| again| because| so| when| by| sometimes| today| yesterday| which| nearly| , | \.|$| [a-z]+)",
    ),
    (
        One("minutes_late"),
        W,
        r"(?P<s>@M (?:behind(?: schedule| time)?|overdue|past (?:the|her|his|my|our|their) (?:\w+ )?time|late))\b",
    ),
    (
        One("minutes_late"),
        W,
        r"(?P<s>@M (?:after|past|later than) (?:when )?(?:they|she|he|it|the (?:time|call|visit|carer))~2 (?:due|should|supposed|meant|agreed|booked|said))",
    ),
    (One("minutes_late"), W, r"(?P<s>(?:late|overdue|behind|delayed)~2 by @M)"),
    (
        One("minutes_late"),
        W,
        r"(?P<s>late(?: ,)?(?: often| sometimes| usually| once| always| again| most days)*(?: by)? @M)",
    ),
    (
        One("minutes_late"),
        C,
        r"(?:every|each|most|often|always|usually|sometimes|some|said|say|saying|phoned|rang|rung|called|texted|told|message)(?: \w+| ,){0,14}? (?:would|d) (?:be|come|turn up|arrive|run|get here)(?: usually| often| always| regularly| anything)* (?P<s>@M late)\b",
    ),
    (
        One("minutes_late"),
        C,
        r"(?:would|d) (?:be|come|turn up|arrive|run|get here)(?: usually| often| always| regularly| anything)* (?P<s>@M late) (?:every|each|most|on (?:a|most|some)|some|at least|nearly|almost|and (?:sometimes|then)|as a rule|again)\b",
    ),
    (One("minutes_early"), W, r"(?P<s>@M (?:too )?early)\b"),
    (
        One("minutes_early"),
        W,
        r"(?P<s>@M (?:before|ahead of) (?:their|the|her|his|my|our|schedule)\b(?: \w+)? ?(?:time|slot)?)",
    ),
    (One("minutes_early"), W, r"(?P<s>@M before (?:they|she|he|it)~1 (?:due|should|supposed))"),
    (One("minutes_early"), W, r"(?P<s>early(?: ,)?~2 by @M)"),
    (
        One("minutes_late"),
        W,
        r"(?:run|runs|running|ran) (?:behind|late|over)(?: \w+| ,){0,5}? @M(?: \.| ,| most| some| and|$)",
    ),
    (
        One("minutes_late"),
        W,
        r"(?P<s>@M (?:after|past|beyond|over|behind) (?:the|my|our|his|her|their) (?:agreed |usual |booked |proper |given |set |call )?(?:time|slot))\b",
    ),
    (
        One("minutes_early"),
        W,
        r"(?P<s>@M (?:too soon|before (?:time|her time|his time|my time)|ahead of time))\b",
    ),
    // Travel, notice, waits.
    (
        One("travel_minutes"),
        W,
        r"@M(?: \w+){0,2} (?:between|from (?:one|N\d+))(?: my| your| our| the)?~2 (?:calls|visits|clients|client|jobs|job|houses|house|customers|people|them|each|call|to)\b",
    ),
    (
        One("travel_minutes"),
        W,
        r"@M(?: of)?(?: paid| unpaid)? (?:travel|travelling|driving|drive)(?: time)?(?: between| from one| from N\d+| to the next|$| \.| ,| and| but)",
    ),
    (
        One("travel_minutes"),
        W,
        r"@M (?:to )?(?:get|drive|walk|travel|cycle|away)?(?: to)? ?(?:the|my|your|our) next (?:call|visit|client|job|one|house|lady|person|customer)",
    ),
    (
        One("travel_minutes"),
        W,
        r"@M to (?:get|drive|walk|travel|cycle)(?: \w+){1,6}? (?:to (?:the|my|your|our) next (?:call|visit|client|job|one|house|lady|gentleman|person|customer)|between)\b",
    ),
    (
        One("travel_minutes"),
        W,
        r"(?:between (?:(?:my|the|our|your) )?(?:calls|visits|clients|jobs|houses)|to (?:the|my|your|our) next (?:call|visit|client|job|one|house)|travel time)~4 @M",
    ),
    (
        One("travel_minutes"),
        W,
        r"@M (?:it|that it) (?:takes|took)(?: me| them| her| him| us| staff| carers)* to (?:reach|get to|drive to|travel to|walk to) (?:us|me|them|him|her|people|clients?|the (?:next|first|last))\b",
    ),
    (One("notice_hours"), W, r"(?P<s>@L(?: of)?(?: \w+)? notice)\b"),
    (
        One("notice_hours"),
        C,
        r"\b(?:so|only|just|barely|that is|that was|which is|which was|gave (?:me|us|him|her|mum|dad))(?: about| only| just)* (?P<s>@L(?: of)?(?: \w+)? notice)\b",
    ),
    (One("notice_hours"), W, r"(?P<s>notice (?:was|is|of)(?: only| just)? @L)\b"),
    (
        One("notice_hours"),
        W,
        r"(?:rang|phoned|called|texted|emailed|ring|phone|call|text)(?: me| us| mum| dad| him| her| up)?(?: only| just| about)* (?P<s>@L (?:before|beforehand|in advance))(?: \w+){0,3}? to (?:say|tell|cancel|let|change)\b",
    ),
    (
        Said("notice_hours", 0.0),
        W,
        r"(?:^|[a-z,.]) (?P<s>(?:no|zero|without|without any|without giving|not given any|not any)(?: advance| prior| proper| such)? notice)(?: at| that| of (?:a |the |when|change|any)| and| but| or| when| ,| \.| they| she| he| given| for| about| whatsoever| at all|$)",
    ),
    (
        Said("notice_hours", 0.0),
        W,
        r"(?:cancel\w*|chang\w*|swapped|moved|stranger|new carer|not coming)(?: \w+| ,| \.){0,14}? (?P<s>(?:no|without|without any|zero) (?:prior |advance )?warning)\b",
    ),
    (
        One("notice_hours"),
        W,
        r"(?:cancel\w*|chang\w*|not coming|n t coming)(?: \w+| ,| \.){0,8}? (?P<s>@L(?: of)? warning)\b",
    ),
    (
        One("notice_hours"),
        W,
        r"(?:let (?:us|me|him|her|mum|dad) know|told (?:us|me)|warned (?:us|me)|informed (?:us|me))(?: \w+){0,2}? (?P<s>@L (?:beforehand|ahead|in advance))\b",
    ),
    (One("wait_days"), W, r"\bwait(?:s|ed|ing)?\b(?: \w+| ,){0,11}? @D"),
    (
        One("wait_days"),
        W,
        r"@D(?: of)?(?: \w+)? (?:wait|waits|waiting|waiting list|delay|backlog)\b|@D (?:on|in) (?:a|the|your|their) (?:waiting list|list|queue)\b",
    ),
    (
        One("wait_days"),
        W,
        r"(?:took|takes|taken|taking|take)(?: \w+){0,2} @D~3 (?:to|before|for|until|till)~2 (?:get|find|set|sort|arrange|come|ring|phone|call|reply|respond|answer|assess|start|put|organise|source|be|hear|return|agree|approve|replace|anyone|someone|package|assessment|care|carers|carer|callback|social|start|started)",
    ),
    (
        One("wait_days"),
        W,
        r"@D (?:for|before|until|till|to get|to have|to arrange|to)~4 (?:assess\w*|package|call(?:ed)?(?: \w+)? back|callback|r[iau]ng(?: \w+)? back|phoned(?: \w+)? back|got back|reply|replied|answer|social worker|review\w*|care (?:started|package|to start|plan|began|in place)|carers? (?:started|came|to start)|started|(?:anyone|someone|somebody)(?: to| came| come| comes| could| from| got| rang| replied| turned| visited| \.| ,|$)|hear)",
    ),
    (
        One("wait_days"),
        W,
        r"(?:call back|callback|reply|answer|response|assessment|nothing|ring back|heard (?:nothing|back|from (?:them|you|anyone)))~3 (?:after|in|for) @D|(?:replied|called back|rang back|got back|phoned back)~2 after @D",
    ),
    (
        One("wait_days"),
        F,
        r"(?:took|takes|taken)(?: over)? @D(?: \w+){0,9}? (?:until|till|before|to)~3 (?:care|package|carers?|started|start|assess\w*|come through|came through|arrive|arrived|get|anyone|someone)",
    ),
    (
        One("wait_days"),
        F,
        r"(?:was|were|is|been) (?:nearly |over )?@D (?:before|until|till)(?: \w+){0,4}? (?:heard|hear|r[au]ng|called|phoned|replied|came|got|started|visited|anyone|someone)\b",
    ),
    (
        One("wait_days"),
        F,
        r"@D(?: or so)? without (?:any |a |any kind of )?(?:care|carers?|help|support|package|anyone|visits?)\b",
    ),
    (
        One("wait_days"),
        F,
        r"@D~1 (?:we|i|they|she|he|mum|dad|mam|someone)(?: have| had| ve| d| s| has)? (?:waited|been waiting)\b",
    ),
    (
        One("wait_days"),
        F,
        r"(?:call back|callback|call|reply|answer|response|called(?: \w+)? back|r[au]ng(?: \w+)? back|got back to (?:me|us))~2 @D later\b",
    ),
    (
        One("wait_days"),
        F,
        r"(?:assessment|package|care|start|review|commode|aids?|equipment|key safe|pendant)(?: \w+){0,9}? (?:came|come|arrived|turned up|came through|started|was fitted|were fitted|was delivered|were delivered)~1 (?:after|within|in) @D",
    ),
    (
        One("wait_days"),
        W,
        r"(?:been|is|was)(?: over| nearly| about)? @D (?:since|from when) (?:i|we|they|he|she|mum|dad|my \w+|the council)(?: first)? (?:asked|applied|rang|requested|complained|wrote|phoned|emailed|contacted|reported|was assessed|were assessed|was referred|were referred|referred)\b",
    ),
    (One("wait_days"), F, r"(?:took|takes) (?:another|a further|a whole) @D"),
    (
        One("wait_days"),
        F,
        r"(?:from|between) (?:when|the day|the time)(?: \w+){1,8}? (?:to|until|till|and) (?:when|the day|someone|anyone|a carer|carers|care|them|they|social|adult)(?: \w+){0,8}? (?:was|is|took|were)(?: \w+){0,2}? @D(?: by| \.| ,|$)",
    ),
    (
        One("wait_days"),
        W,
        r"@D (?:, )?(?:(?:near enough|nearly|almost|or so|give or take) (?:, )?)?between (?:me|us|him|her|mum|dad|my|our|the|when)(?: \w+){1,8}? and (?:a |the |my |our )?(?:carers?|care|anyone|someone|package|first|assessment|them|getting)\b",
    ),
    (One("wait_days"), W, r"\b@D of waiting\b|\bday @N of (?:waiting|the wait)\b"),
    (
        One("wait_days"),
        F,
        r"(?:said|told|promised)(?: \w+){0,3} (?:d|would|ll|to)(?: \w+){1,7} [.,] (?:that|it) (?:was|is) @D (?:ago|back)\b",
    ),
    (
        One("wait_days"),
        F,
        r"(?:call|ring|phone|get back to|reply to|answer|visit|assess|see)(?: \w+){0,8}?(?: ,)? (?:finally|eventually|in the end|at last)(?: did| called| rang| came| replied)*(?: ,)? @D (?:on|later|after)\b",
    ),
    (
        One("wait_days"),
        W,
        r"(?:on|in) (?:the|a|their|your) (?:list|waiting list|queue)(?: for (?:a|the|my|our|some|his|her)? ?(?:package|care|carers?|assessment|help|support|review))?(?: for)? @D(?: \.| ,| before| until| and| with|$)",
    ),
    (
        One("wait_days"),
        F,
        r"@D after (?:i|we|mum|dad|my \w+|she|he) (?:first )?(?:phoned|rang|asked|called|applied|emailed|wrote|contacted)(?: \w+){0,8}? (?:were in|was in|came|started|was here|were here|visited|was sorted)\b",
    ),
    (
        One("years_receiving"),
        F,
        r"(?:carers?|care|help|visits|support)(?: only| first)* (?:began|started|start)(?: \w+){0,2} @Y (?:back|ago)\b",
    ),
    (
        One("years_receiving"),
        W,
        r"@Y (?:w|with)(?: /)? (?:the |this |my |our |present |current |same )+(?:\w+ )?(?:provider|agency|company|carers?|firm)\b",
    ),
    (
        One("travel_minutes"),
        W,
        r"@M (?:across|over|through)(?: \w+){0,2} to (?:the|my|your|our) next (?:call|visit|client|job|one|house|lady|gentleman|person|customer)",
    ),
    (One("travel_minutes"), W, r"@M in (?:the|my) car (?:between|to (?:the|my) next)\b"),
    // Money.
    (
        One("hourly_cost"),
        F,
        r"(?:wants?|wanted|asks?|asked|quoted|charges?)(?: for| me| us| him| her)? @G~2 (?:an|per|a|each|every|/) (?:hour|hr|h)\b",
    ),
    (
        One("weekly_cost"),
        F,
        r"(?:wants?|wanted|asks?|asked|quoted|charges?)(?: for| me| us| him| her)? @G (?:weekly|pw|(?:per|a|each|every|/) (?:week|wk))\b",
    ),
    (One("hourly_cost"), W, r"@G~2 (?:an|per|a|each|every|the|p|/)(?: /)? (?:hour|hr|h)\b"),
    (One("hourly_cost"), W, r"@G (?:hourly|ph|p h)\b|hourly (?:rate|cost|charge|fee)~4 @G"),
    (
        One("hourly_cost"),
        W,
        r"(?:pay|paying|paid|charge|charges|charged|charging|cost|costs|rate)~3 @N (?:an|per) (?:hour|hr)\b",
    ),
    (
        One("weekly_cost"),
        W,
        r"@G~2 (?:per|a|each|every|/|one) (?:week|wk)\b|@G (?:weekly|pw|p w)\b|weekly (?:rate|cost|charge|fee|contribution|bill)~4 @G",
    ),
    (
        One("weekly_cost"),
        W,
        r"@G(?: \w+){0,6}? (?:every|each|a|per) week for (?:the |my |our |his |her )?(?:care|carers|support|visits|girls)\b",
    ),
    // Hours a week and visits a day.
    (
        One("hours_per_week"),
        W,
        r"@H~3 (?:a|per|each|every|/|p) (?:week|wk)\b|@H~2 (?:weekly|pw|p w)\b|weekly @H",
    ),
    (One("visits_per_day"), W, r"@N (?:visits?|calls?) (?:a|per|each|every|/) day\b"),
    (
        One("visits_per_day"),
        W,
        r"@V~3 (?:visits?|calls?|times) (?:a|per|each|every|in a|/) day\b|@V~1 (?:visits|calls) (?:daily|every day|each day|during the day)|@V daily~1 (?:visits|calls)",
    ),
    (
        One("visits_per_day"),
        W,
        r"(?:come|comes|came|coming|in|visit|visits|visited|calls?|carers?|care|here|have them|turn up|round|package|called|attends?)(?: \w+| ,| C\d+){0,8} @F(?: (?:a|per|each|every|in a) day\b| daily\b)|@F (?:a|per|each|every) day~3 (?:carers?|care|visits?|calls?|they come|she comes|he comes)\b",
    ),
    (
        One("visits_per_day"),
        W,
        r"(?:visits?|calls?|carers?|come|comes|coming|came)(?: \w+| ,){0,4} @N (?:a|per|each|every) day\b",
    ),
    (
        One("visits_per_day"),
        W,
        r"@V (?:drop ins|drop in visits|pop ins|home calls|home visits|care calls|care visits|calls|visits)~1 (?:daily|(?:a|per|each|every) day)\b",
    ),
    // What was agreed or paid for, and what came.
    (
        One("visit_minutes"),
        W,
        r"(?:cut|cutting|reduced|reducing|shortened|shortening)(?: [a-z]+)?(?: down)? to @M",
    ),
    (One("visit_minutes_expected"), F, r"G\d+ for(?: a| my| the)? @M"),
    (
        One("visit_minutes_expected"),
        F,
        r"(?:supposed to|meant to|should have|contracted|booked|scheduled|allocated|allotted|assessed (?:for|as)|commissioned|(?:is|are|was|were|him|her|me|us|put|we|i|call|visit) down (?:for|as)|funded for|entitled to|agreed(?: on| to)?)~3 @M",
    ),
    (
        One("visit_minutes_expected"),
        F,
        r"(?:pay|pays|paid|paying|billed|charged|charge|charges|charging|invoiced|bill)~2 (?:for|as)~2 @M",
    ),
    (
        One("visit_minutes_expected"),
        F,
        r"@M(?: visits?| calls?)?~2 (?:(?:we|i|they|she|he|mum|dad|you|council)~2 (?:pay|pays|paid|paying|paying out|booked|agreed|charged) (?:for)?|agreed|booked|paid for|contracted|commissioned|allotted|allocated|in the care plan|in the plan|on the plan)",
    ),
    (
        One("visit_minutes_expected"),
        F,
        r"(?:supposed to|meant to|due to) (?:stay|stop|be here|be there|be with|last|spend|come for|sit with)(?: \w+){0,5}? @M",
    ),
    (
        One("visit_minutes_expected"),
        F,
        r"(?:carers?|girls|they|visits?|calls?|she|he|each|we|i)(?: are| is| was| were| get| gets| only| just)* allowed~1 @M",
    ),
    (One("visit_minutes_expected"), W, r"@M(?: time)? slots?\b|slots? (?:of|is|are|was) @M"),
    (
        One("visit_minutes_expected"),
        F,
        r"(?:plan|contract|rota|agreement|package)(?: \w+){0,2} (?:says|said|states|stated|shows|showed|is for|was for|allows|allowed|gives)~2 @M",
    ),
    (
        One("visit_minutes_expected"),
        F,
        r"(?: t| never| not| rarely| hardly| cant| dont| doesnt| wont| nt| without)~4 (?:full|whole|allotted|agreed) @M",
    ),
    (
        One("visit_minutes"),
        W,
        r"(?:stay|stays|stayed|staying|stop|stops|stopped|stopping|spend|spends|spent|spending)~3 @M",
    ),
    (
        One("visit_minutes"),
        W,
        r"(?:visits?|calls?|appointments?)(?: only| usually| often| always| now| just| never| have been| has been| had been)* (?:is|are|was|were|of|last|lasts|lasted|lasting|takes|took|about|cut to|reduced to|down to)(?: only| just| always| a| an| the| their| full| about| supposedly| now| my| usually| often| up| cut down to| cut to)* @M",
    ),
    (
        One("visit_minutes"),
        W,
        r"(?:it|they|which|only|just|always|usually|never) last~2 @M|(?:lasts|lasted)~2 @M",
    ),
    (
        One("visit_minutes"),
        W,
        r"(?:here|there|in the (?:house|flat|door|home|building)|round|with (?:me|him|her|us|mum|dad|mam))(?: only| just)*(?: for)?(?: only| just| the)* @M",
    ),
    (
        One("visit_minutes"),
        W,
        r"(?:in and out|out the door|out again|out|gone|gone again|off|off again|done|finished|up and gone|away|rushed|rushes|washed and dressed|dressed)(?: \w+){0,1} (?:in|within|after|inside)~2 @M|in and out(?: ,)? @M",
    ),
    (
        One("visit_minutes"),
        W,
        r"(?:in and out|in and out again|out the door|out the house|out of the house|out|gone|gone again|done) in @N(?: ,| \.| most| every| if| yesterday| today| last| on| this|$)",
    ),
    (
        One("visit_minutes"),
        F,
        r"(?:log|app|book|notes|sheet|timesheet|record|records|tag|diary)(?: \w+){0,2} (?:says|said|shows|showed|reads|has|had|recorded)(?: only| just| her| him| them| it| was| at| as| about)* @M",
    ),
    (
        One("visit_minutes"),
        W,
        r"@M(?: ,)? (?:in the door|through the door|in the house|inside the door)\b",
    ),
    (
        One("visit_minutes"),
        W,
        r"(?:mine|ours) (?:have|has|get|gets|do|does|stay|stays|give|gives|take|takes)(?: me| us| for| always| a)* @M",
    ),
    (One("visit_minutes"), F, r"timed (?:it|them|her|him)(?: \w+| ,){0,5}? (?:about )?@M"),
    (
        One("visit_minutes"),
        W,
        r"(?:stay|stays|stayed)(?: for| only| just| about| maybe)* @N(?: ,| \.| if| most|$)",
    ),
    (One("visit_minutes"), W, r"(?:left|leave|leaves|leaving|gone|went) (?:after|within)~2 @M"),
    (
        One("visit_minutes"),
        W,
        r"@M is (?:what|all|as much as|as long as)(?: that)? (?:i|we|they|she|he|mum|dad|mam|people|you)(?: actually| really| ever| usually| mostly)* (?:gets?|got|stays?|stayed|has|have|had)\b",
    ),
    (
        One("visit_minutes"),
        W,
        r"(?:visits?|calls?)(?: \w+| ,| M\d+){0,9} @M (?:at|for) (?:lunch|lunchtime|dinner|dinnertime|tea|teatime|bedtime|bed|breakfast)\b",
    ),
    (
        One("visit_minutes"),
        W,
        r"(?:get|gets|got|getting|given|gives|gave|give|receive|receives)(?: only| just| me| us| him| her| mum| dad| my| maybe| the| full| about| lucky| if| probably| what ,| what)* @M",
    ),
    (
        One("visit_minutes"),
        W,
        r"@M(?: care| lunch| tea| morning| evening| breakfast| bedtime| bed| personal care| teatime| home| dinner| night| long| daily| lunchtime| carer)* (?:visit|visits|call|calls|session|sessions|appointment|appointments)\b",
    ),
    (
        One("visit_minutes"),
        W,
        r"@M(?: ,)? (?:and|then|and then|later)(?: ,)? (?:(?:they|she|he|it) ?(?:is|was|were|are)? ?)?(?:gone|off|out|away|done|goodbye)\b|@M in and out",
    ),
    (
        One("visit_minutes"),
        W,
        r"@M(?: visits?)? (?:is|was|isn t|isnt|wasn t|are|aren t)(?: \w+){0,2} (?:enough|long|short|nothing|nowhere|time|no use|no good|useless|a joke|rushed)",
    ),
    (One("visit_minutes"), W, r"@M (?:a|per|each|every) (?:visit|call|time|go|client|person)\b"),
    (
        One("visit_minutes"),
        W,
        r"@M with (?:me|him|her|us|mum|dad|each|my|every|a client|clients)\b",
    ),
    (
        One("visit_minutes"),
        W,
        r"(?:comes|come|came|popped|pops|nips|visits|visited|calls)(?: in| round| by| and \w+| over| every \w+| each \w+| daily| \w+day)* for(?: just| only)* @M",
    ),
    (
        One("visit_minutes"),
        F,
        r"(?:supposed to|meant to|should|booked (?:for|in for)|down (?:as|for)|allocated|(?:pay|paid|pays|paying) for)(?: \w+| ,){0,8}? M\d+(?: minutes| visit| call)?(?: ,)? (?:but|and|yet)(?: in reality| in fact| most days| usually| really| mostly)* (?:it|that|(?:the )?average|reality|what (?:i|we|she|he|mum|dad) gets?)(?: is| s| was)?(?: more like| nearer| about| only| just| often| usually| closer to| really| actually)* @M(?: \.| ,| if| at| and| most| mostly| on|$)",
    ),
    (
        One("visit_minutes"),
        F,
        r"(?:pay|pays|paid|paying) for (?:\w+ ){0,3}?M\d+(?: visits?| calls?| slots?)?(?: ,| but| and| though| yet)+ (?:most|some|many|half|none|all)(?: of (?:them|the carers|the girls))? (?:only )?(?:do|stay|stays|are here|give)(?: for| only| about)* @M\b",
    ),
    (One("visit_minutes"), W, r"(?:visits?|calls?)(?: \w+| ,){0,5} @M each\b"),
    (
        One("visit_minutes"),
        W,
        r"(?:some|most|all|many|N\d+) of (?:them|these|those|the (?:calls|visits)) (?:are|is|were|last|lasts)(?: only| just| about)* @M",
    ),
    (
        One("visit_minutes"),
        W,
        r"[NF]\d+(?: x| times)? (?:a|per|each|every) day(?: ,)? for(?: only| just| about)* @M",
    ),
    (
        One("visit_minutes"),
        W,
        r"(?:they|she|he|carers?|girls)(?: only| just)* (?:have|has|get|gets|had)(?: only| just| about)* @M to (?:wash|shower|dress|get|do|feed|bath|bathe|make|change|give|help)\b",
    ),
    (
        One("visit_minutes"),
        W,
        r"(?:i|she|he|mum|dad|we) (?:have|has|get|gets)(?: only| just| about)* @M (?:every|each) (?:morning|evening|day|night|visit|call|lunchtime|teatime)",
    ),
    (
        One("visit_minutes"),
        W,
        r"@M (?:flat|if that|tops|at (?:the )?most|max|at best|start to finish|all in|from start to finish)(?: \.| ,| and| but|$)",
    ),
    (
        One("visit_minutes"),
        W,
        r"(?:rush|rushes|rushed|rushing|whizz|whizzes|race|races|fly|flies)(?: (?:round|through|her|him|me|us|it|everything|mum|dad|something|terrible))*(?: ,| in| for| only| about| just)* @M(?: \.| ,| and| but| flat|$)",
    ),
    (
        One("visit_minutes"),
        F,
        r"(?:M\d+|N\d+)(?: \w+| ,){0,8} [.,] (?:\w+ )?what (?:we|i|he|she|mum|dad|they|you)(?: actually| really)? (?:got|get|gets|had|have|has)(?: \w+){0,3}? (?:was|is)(?: only| about| just| more like)* @B(?: \.| ,| and|$)",
    ),
    (
        One("visit_minutes"),
        F,
        r"(?:contract|plan|agreement|package|rota) is (?:for )?M\d+(?: ,| but| and| yet)* (?:she|he|they|the \w+)(?: was| were| is| are| s)* (?:back|out|gone|off|away|in and out|finished|done|leaving)(?: \w+){0,4}? (?:after|in|within|inside) @M",
    ),
    (
        One("visit_minutes_expected"),
        F,
        r"(?:schedules?|allots?|allocates?|rosters?)(?: me| us| them| you)(?: only| just| about)* @M\b",
    ),
    (
        One("visit_minutes"),
        W,
        r"M\d+(?: ,| and| but)* others?(?: barely| only| just| about| hardly| do| stay| stop| scarcely| more like)+ @B(?: \.| ,|$)",
    ),
    // Workers and missed visits.
    (
        One("care_workers"),
        W,
        r"(?P<s>same @N(?: \w+)? (?:carers|people|workers|girls|women|ladies|lads|men|ones|faces)(?: all (?P<p>week|month|year)\b)?)",
    ),
    (
        One("care_workers"),
        W,
        r"(?P<s>@N(?: or more)? (?:different|new|various|separate|random|strange)(?: \w+)? (?:carers?|people|faces|workers?|girls|women|ladies|lads|men|staff|strangers|ones|persons|helpers|assistants)(?:~4 @per)?)",
    ),
    (One("care_workers"), W, r"(?P<s>@N different(?:~2 @per))|(?P<s2>@N different)(?: \.| ,|$)"),
    (
        One("care_workers"),
        W,
        r"(?P<s>(?:different|new|various) (?:carers|people|faces|ones|girls|workers)(?: ,)? @N(?:~3 @per))",
    ),
    (One("care_workers"), W, r"(?P<s>@N(?: \w+){0,1} (?:faces|strangers)(?:~4 @per)?)"),
    (
        One("care_workers"),
        W,
        r"(?:(?:in|over|within)(?: only| just| the| last| past)* D(?P<d>\d+)|(?:this|last) (?P<p>week|month|year))(?: alone)?(?: \w+| ,){0,5} @N (?:carers|people|workers|girls|women|ladies|staff)\b",
    ),
    (
        One("care_workers"),
        W,
        r"(?:have|has|had|got|ve|get|gets)(?: got| just| only| about)* (?P<s>@N (?:regular|main|usual|permanent) (?:carers|workers|girls|women|ladies|lads))\b",
    ),
    (
        One("care_workers"),
        W,
        r"(?P<s>@N (?:care )?(?:carers|people|workers|girls|women|ladies|lads|men|staff|helpers|assistants)(?:~4 @per))|(?P<s2>@N carers in (?:the|her|his|my|our)(?: first| last)? D(?P<d2>\d+))",
    ),
    (
        One("care_workers"),
        W,
        r"(?P<s>@N (?:diff|difrent|diffrent|differant|unfamiliar|unknown)(?: carers?| people| faces| workers?| girls| women| ladies| lads| men| staff)(?:~3 @per)?)",
    ),
    (
        One("care_workers"),
        W,
        r"(?P<s>@N (?:carers|lasses|girls|ladies|women|workers)(?: in all)? (?:between (?:em|them)|who share|share|take turns|taking turns|on rotation|in rotation))\b",
    ),
    (
        One("care_workers"),
        W,
        r"(?:team|group|pool)(?: of| ,| is| are| has)* (?P<s>@N(?: \w+){0,1} (?:carers|girls|ladies|women|workers|lasses|people))\b",
    ),
    (
        One("care_workers"),
        W,
        r"(?:see|sees|seen|saw|get|gets|got|have|has|had|meet|met)(?: about| around| up to| at least| maybe| easily)* (?P<s>@N of the (?:carers|girls|staff)(?:~3 @per)?)",
    ),
    (
        Said("care_workers", 1.0),
        W,
        r" (?P<s>(?:have|has|had|got)(?: just| only)* one (?:regular|main) (?:carer|lady|girl|worker|lass))\b",
    ),
    (Said("care_workers", 1.0), W, r" (?P<s>only ever the one (?:carer|girl|lady|worker|lass))\b"),
    (
        Said("care_workers", 1.0),
        W,
        r" (?P<s>(?:just|only)(?: ever)? (?:had|have|has|see|get|got|seen)(?: just| only)? (?:the )?one (?:regular |main )?(?:carer|lady|girl|worker))\b(?: since| for| all| throughout| in| the whole| D\d+| ,| \.|$)",
    ),
    (
        Said("care_workers", 1.0),
        W,
        r" (?P<s>(?:had|have|has|get|gets|got|see|sees)(?: just| only)* (?:the|just the|the same|only the) one (?:regular |main )?(?:carer|lady|girl|worker))\b(?: since| for| all| throughout| in| the whole| D\d+| ,| \.|$)",
    ),
    (
        Said("care_workers", 1.0),
        W,
        r"(?P<s>^ one (?:regular )?carer(?: \.| , (?:just|always|only|the same)))",
    ),
    (
        Said("missed_visits", 0.0),
        W,
        r" (?P<s>(?:(?:not|never|n t|(?:haven|hasn|hadn|didn) t)(?: had| have| seen| known| ever| yet| been){0,2} (?:@N|a single|a|any)|no|zero) missed (?:visits?|calls?|appointments?|shifts?))\b| (?P<s2>not (?:a single|@N) (?:visit|call) (?:has|have|had|was)(?: been| ever| yet)* missed)\b",
    ),
    (
        Said("missed_visits", 0.0),
        W,
        r" (?P<s>(?:never|not|not F\d+|never F\d+|n t|t|never ever)(?: \w+){0,2} missed (?:a|@N|a single|any)(?: \w+)? ?(?:visit|call|appointment|day|morning|shift|visits|calls))\b",
    ),
    (
        Said("missed_visits", 0.0),
        W,
        r" (?P<s>(?:never|not|n t|t|without)(?: [a-z]+){0,3}? miss(?:ed|ing)(?: any| N\d+| a single N?\d*)?)(?: \.| ,|$)",
    ),
    (
        Said("missed_visits", 0.0),
        W,
        r" (?P<s>not (?:been )?(?:a single|@N) (?:missed (?:visit|call)|(?:visit|call) (?:been )?missed))\b| (?P<s2>(?:never|not) missed (?:a|any|@N|a single) (?:visit|call))\b",
    ),
    (
        Said("notice_hours", 0.0),
        W,
        r"(?P<s>(?:never|not|n t|t)(?: ever)? (?:get|gets|got|give|gives|given|gave|had|have|been given)(?: us| me| her| him| mum| dad)? any (?:advance |proper |prior )?(?:notice|warning))\b|(?P<s2>notice(?: \w+| ,){0,8} (?:none at all|none whatsoever|none given))\b",
    ),
    (
        Said("care_workers", 1.0),
        W,
        r" (?P<s>(?:has|have|had|got)(?: only| just| ever)* (?:the )?one (?:regular |main )?carer)(?: ,| all| the whole| throughout| from| for| since)|(?:^| \.| ,) (?P<s2>one (?:regular )?carer)(?: for everything| all the| , D\d+)",
    ),
    (
        Said("missed_visits", 0.0),
        W,
        r" (?P<s>not F\d+(?: in D\d+| in \w+ D\d+| in all (?:this|that|those|these)(?: time| years)?)?(?: ,)? (?:has|have|had|did)(?: \w+){0,3}? (?:missed|miss|failed to (?:come|turn up)|not (?:come|turned up)))\b",
    ),
    (
        One("missed_visits"),
        W,
        r"(?P<s>(?:missed|missing|miss|misses)(?: out)?~1 @V(?: visits?| calls?| appointments?| mornings| evenings| days| nights| of (?:my|her|his|our|their|the) (?:visits|calls))?(?:~2 @per)?)",
    ),
    (
        One("missed_visits"),
        W,
        r"(?P<s>@V(?: \w+)? missed (?:visits?|calls?|appointments?|mornings|breakfasts|lunches|teas|dinners)(?:~2 @per)?|@N missed (?:in|over|within)(?: the)?(?: last| past)? D(?P<d2>\d+))",
    ),
    (
        One("missed_visits"),
        W,
        r"(?P<s>@V(?: \w+)? (?:visits?|calls?|mornings|evenings|nights)(?: were| was| have been| been| have| had| got| simply| just| completely| totally| actually| also)* missed(?:~2 @per)?)",
    ),
    (
        One("missed_visits"),
        W,
        r"(?P<s>(?:they|carers?|she|he|agency|office|been)(?: have| has)? (?:forgot|forgotten|skipped|missed)(?: about)? (?:him|her|me|us|mum|dad|mam|someone)(?: out| altogether| completely)* @F(?:~2 @per)?)",
    ),
    (One("missed_visits"), W, r"(?P<s>@V no shows?(?:~2 @per)?)"),
    (
        One("missed_visits"),
        W,
        r"(?P<s>(?:left|gone|went|been) without (?:a|any|his|her|my|our|their)(?: \w+)? (?:visit|call|carer|care)(?: on)? @F(?:~2 @per)?)",
    ),
    (
        One("missed_visits"),
        F,
        r"(?P<s>@V (?:visits?|calls?)~1 (?:didn t|did not|never|haven t|hasn t|have not|has not) (?:happened|happen|come|came|turned up|turn up|take place|took place|materialised|materialise|appeared|appear)(?:~2 @per)?)",
    ),
    (
        One("missed_visits"),
        F,
        r"(?P<s>@V (?:visits?|calls?) @per(?: were| was| have been| get| got| are)* missed)",
    ),
    (
        One("missed_visits"),
        F,
        r"(?P<s>@V of (?:those|these|my|the|our|her|his|their) (?:visits|calls)(?: were| was| have been| got| get| are)* missed)",
    ),
    (
        One("missed_visits"),
        W,
        r"(?P<s>(?:(?:no one|nobody|no carer|noone|they|carers?|she)(?: just| simply)?~1 (?:turned up|came|arrived|showed up|turn up|come|show up)|no show)~1 @F(?:~2 @per)?)",
    ),
    (
        One("missed_visits"),
        W,
        r"(?P<s>@F(?: now)?(?: (?:in|this|last|a)(?: the)?(?: last)? (?P<p3>day|week|month|year))?(?: D\d+)?(?: \w+){0,2}? (?:no one|nobody|no carer|noone|(?:they|carers?|she|he) (?:have |has )?(?:not|didn t|failed to|never))~1 (?:turned up|came|arrived|showed up|turn up|come|show up|turning up)(?:~2 @per)?)",
    ),
    (
        One("missed_visits"),
        W,
        r"(?P<s>@N (?:[a-z]+days|mornings|evenings|nights|afternoons|weekends|bedtimes|lunchtimes|mealtimes)(?: running| in a row| on the trot)?(?: ,)?(?: when| that)? (?:nobody|no one|no carer|noone|(?:they|carers?|she|he) (?:have |has )?(?:not|didn t|failed to|never))~1 (?:turned up|came|arrived|showed up|showed|turn up|come|show up|show)(?:~2 @per)?)",
    ),
    (
        One("missed_visits"),
        W,
        r"(?P<s>(?:nobody|no one|no carer|noone|(?:they|carers?|she|he) (?:have |has )?(?:not|didn t|failed to|never))~1 (?:turned up|came|arrived|showed up|showed|turn up|come|show up|show)(?: at all| on| for)* @N (?:[a-z]+days|mornings|evenings|nights|afternoons|weekends|bedtimes|lunchtimes|mealtimes)(?: running| in a row| on the trot)?(?:~2 @per)?)",
    ),
    (
        Said("missed_visits", 0.0),
        W,
        r" (?P<s>(?:never|not)(?: ever)? F\d+ (?:failed to (?:turn up|come|show up|arrive)|not (?:turned up|come)|forgot(?:ten)? (?:me|us|him|her|mum|dad)))\b",
    ),
    (
        Said("missed_visits", 0.0),
        W,
        r" (?P<s>never(?: ever)? (?:failed|fails) to (?:come|turn up|show up|arrive))\b",
    ),
    (
        One("missed_visits"),
        F,
        r"(?P<s>@V (?:visits?|calls?) (?:that )?(?:we|i|she|he|mum|dad) (?:never|didn t|did not) (?:had|have|get|got|receive|received)(?:~2 @per)?)",
    ),
    (
        One("missed_visits"),
        W,
        r"(?:missed|missd|mised) (?:calls|visits)(?: \w+){0,3} (?P<s>@N)(?: in [a-z]+)?(?: ,| and|$| \.)",
    ),
    (
        One("missed_visits"),
        F,
        r"(?:call|visit|carer)s?(?: \w+){0,2} (?:did not|didn t|never|failed to) (?:happen|come|happened|came|turn up|materialise|take place|show)(?: at all)? (?P<s>on @N (?:nights|days|mornings|evenings|occasions)(?:~1 @per)?)",
    ),
    (
        One("missed_visits"),
        W,
        r"(?P<s>(?:missed|forgot) (?:the|her|his|my|our|their|a)(?: \w+)? (?:call|visit|appointment)(?: on)? @F(?:~2 @per)?)",
    ),
    (One("missed_visits"), W, r"(?P<s>(?:lose|loses|lost|losing) @N (?:calls|visits)(?:~2 @per)?)"),
    (
        One("missed_visits"),
        W,
        r"(?P<s>@F(?: now| already)? (?:he|she|mum|dad|i|we|they)(?: has| have| ve| was| were| been)* (?:left|sat|waiting|waited)(?: \w+){0,4}? (?:with no|without a|and no) (?:carer|care|call|visit|one))\b",
    ),
    // How long care has been received.
    (
        One("years_receiving"),
        F,
        r"(?:needed|relied on)(?: \w+){0,3} (?:care|carers?|help|support)(?: \w+){0,2} @Y",
    ),
    (
        One("years_receiving"),
        W,
        r"(?:had|have|having|receiving|received|getting|using|used|has)(?: \w+){0,4} (?:care|carers?|help|support|package|service|agency|company|visits|calls|team|girls|lady|ladies|lass|woman|carer)(?: \w+){0,4}(?: , so)? @Y",
    ),
    (
        One("years_receiving"),
        W,
        r"(?:been|was|are|am) with (?:you|them|this|the(?: same)?|these)(?: \w+){0,3} @Y",
    ),
    (
        One("years_receiving"),
        W,
        r"@Y(?: of)?(?: now)?(?: that)? (?:i|we|she|he|mum|dad|mam)(?: have| has| had| been)*(?: had| having| received| getting)*~2 (?:care|carers?|with (?:you|them)|help|support|visits)\b",
    ),
    (One("years_receiving"), W, r"@Y (?:of )?(?:having )?(?:home |domiciliary )?(?:care|carers)\b"),
    (
        One("years_receiving"),
        W,
        r"(?:carers?|girls|they|she|he|care|agency|someone|ladies|team)(?: \w+){0,2} (?:coming|visiting|supporting|helping|caring for (?:me|us|him|her|mum|dad|my)|looking after (?:me|us|him|her|mum|dad|my))(?: \w+){0,6} @Y",
    ),
    (
        One("years_receiving"),
        W,
        r"same(?: \w+){0,2} (?:face|carer|carers|agency|company|girl|girls|lady|ladies|team|woman|lass)(?: \w+| ,){0,5} @Y",
    ),
];

/// A length of time that a count is spread over: `p` is its word, `d` its mark.
const PERIOD: &str = r"(?:(?:a|per|each|every|this|last|that|one|past|/|in the|all) (?P<p>day|week|fortnight|month|year)(?: alone)?|(?:in|over|within|during|inside)(?: only| just| the| this| last| past| that| space of)*(?: (?:a|one) )?(?: (?P<p2>day|week|fortnight|month|year)| D(?P<d>\d+)))\b";

/// The patterns, compiled once.
pub(super) static RULES: LazyLock<Rules> = LazyLock::new(compiled);
#[expect(clippy::expect_used, reason = "the patterns are constants, and a test compiles them")]
fn compiled() -> Rules {
    let patterns: Vec<String> = TABLE.iter().map(|(_, _, p)| expand(p)).collect();
    let needed = Needed::new(patterns.iter().map(|p| bytes(p))).expect("constant patterns");
    let rules = TABLE.iter().zip(&patterns);
    let rules =
        rules.map(|((make, doubt, _), p)| Rule { make: *make, doubt: *doubt, pattern: compile(p) });
    Rules { rules: rules.collect(), needed }
}

fn expand(pattern: &str) -> String {
    let mut out = pattern.replace("@per", PERIOD);
    for (letter, class) in [
        ('M', "M"),
        ('H', "M"),
        ('D', "D"),
        ('Y', "D"),
        ('N', "N"),
        ('F', "F"),
        ('G', "G"),
        ('C', "C"),
        ('L', "[MD]"),
        ('B', "[MN]"),
        ('P', "[MN]"),
        ('V', "[NF]"),
        ('T', "[CN]"),
    ] {
        // A name may stand in several branches; the regex knows each once, so number them.
        let mark = format!("@{letter}");
        let mut nth = 0;
        while out.contains(&mark) {
            nth += 1;
            let group = format!("(?:{class}(?P<q{letter}{nth}>\\d+))");
            out = out.replacen(&mark, &group, 1);
        }
    }
    for n in 1..=9 {
        out = out.replace(&format!("~{n}"), &format!("(?: [a-z]+){{0,{n}}}"));
    }
    // Words inside a gap are words, never marks.
    out.replace(r"(?: \w+)", "(?: [a-z]+)").replace(r"(?: \w+|", "(?: [a-z]+|")
}

#[expect(clippy::expect_used, reason = "the patterns are constants, and a test compiles them")]
fn compile(pattern: &str) -> Regex {
    Regex::new(&bytes(pattern)).expect("a constant pattern")
}

/// The plain form is ASCII: no pattern has to think of more.
fn bytes(pattern: &str) -> String {
    format!("(?-u){pattern}")
}

/// Words that make what follows a wish or a case supposed, in the same clause.
pub(super) static WISH: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:should|could|would|might|want|wants|wanted|need|needs|needed|ask|asked|asking|ought|proposes?|proposed|proposal|proposing|hope|hoping|prefer|let|request|requested|another|extra|additional|like to|d like|d rather|d love|deserve|deserves|must|ideal|please|require|requires|requested|make it|at a minimum|longer|promised|d accept|d give|d pay|d expect|d be|d settle|then give)\b",
    )
});

/// Words that make all that follows in the sentence a case supposed.
pub(super) static SUPPOSED: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?:^| )(?:if|unless|wish|would|imagine|ideally|suppose|supposing|whether|d like|could we|can we|love)\b",
    )
});

/// A clause that turns: what stood before it no longer counts.
pub(super) static TURN: LazyLock<Regex> = LazyLock::new(|| {
    compile(r" (?:but|because|instead|however|yet|whereas|although|as it is|then|now)\b")
});

/// What follows a quantity and makes it a wish, or another thing.
pub(super) static AFTERWARDS: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"^(?:(?: [a-z]+){0,3} (?:would|ll) (?:be|do|make|help|suit|mean)| (?:more|longer|extra|ago|old|away|of age|apart|sleep|for lunch|break|respite|off work|each way|drive|walk|to myself|to go|on hold|on the (?:phone|bus|train|floor|toilet|commode|loo)|on (?:her|his|their) (?:phone|mobile)|looking for|trying|waiting|finding|parking|of the (?:agreed|planned|booked|right|set|stated|due) time|of (?:[a-z]+ )?(?:sleep|conversation|peace|freedom|respite)|in (?:hospital|bed|the pub)|late arriving at|phone|peace|training|back|left|beyond|on my own|alone|for myself))\b|^ over(?: ,| \.| and| if| to| with|$)",
    )
});

/// Services that are not home care, before a quantity.
pub(super) static OTHERS: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:lay|lain|lying|occupational therapists?|ot|gp|gps|doctors?|dr|hospital|infirmary|ambulances?|paramedics?|bus|buses|taxi|train|dentist|chemist|pharmacy|prescriptions?|surgery|physio|consultant|clinic|a and e|operation|transport|plumber|boiler|parcel|delivery|wheelchair|stairlift|hoist|day centre|(?:a|the|my|her|his|their|on|by|mobile) phone|phone (?:line|company|bill)|on hold|cleaner|gardener|window|rent|pension|allowance|pip|benefits?|nurses?|optician|chiropodist|podiatrist|council tax|blue badge|bus pass|passport|parking|assessor|inspector|interview|meeting)\b",
    )
});

/// Said not to be so, right before a quantity.
pub(super) static NEGATED: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:don t|do not|doesn t|does not|didn t|did not|isn t|is not|are not|aren t|never|no longer|not)(?: get| have| got| getting| having| charge| pay)?$",
    )
});

/// What money is paid for that is no care at home.
pub(super) static NOT_CARE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:(?:care|nursing|residential) homes?|for (?:the |a |my |our |his |her )?(?:taxis?|cleaner|cleaning|gardener|shopping|parking|bus|rent|food|heating|meals|day centre|internet|lifeline|pendant|petrol|incontinence|pads|nursery)|to (?:heat|insure|run)|down because|worse off|out of pocket|short of (?:what|wages|pay))\b",
    )
});

/// The home care that a quantity may be about; nearer than another service it wins.
pub(super) static CARE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:carers?|care|visits?|calls?|they|she|he|girls?|lass|agency|package|assessment|social worker|support|workers?|ladies|call back|came|come|comes|stay|stayed|you|someone)\b",
    )
});

/// Pay that a worker gets, and what is no price of care.
pub(super) static WAGE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:wages?|earn|earns|earning|salary|minimum wage|living wage|petrol|mileage|shopping|gardener|plumber|electrician|council tax|(?:they|staff|carers|girls|workers)(?: only| just)? (?:get|earn|are on) ?$|(?:get|gets|getting|am|is|are|being|only|i|they|staff|carers?|girls|staff are|workers?) paid|pays (?:me|us|them|staff|carers|its|their)|paying (?:them|staff|carers|their|me|us)|pay (?:them|staff|carers|the carers|the girls|me|us|their)|(?:staff|carers|girls) on|cleaner|pension|allowance|pip|benefits?|rent|gas|electric|heating|food|parking|taxi|taxis)\b",
    )
});

/// Medicines, meals and the like, which also come so many times a day.
pub(super) static DOSES: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:tablets?|pills?|drops?|dose|doses|medication|medicines?|meds|insulin|mg|inject\w*|eats?|meals|cups|teeth|cream|walks?|toilet|dog|rings?|phones?|text|texts|falls?|fell|puffs?|inhaler|paracetamol)\b",
    )
});

/// Work that someone does, or care that a relative gives: no care received.
pub(super) static WORKED: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:work|works|worked|working|shifts?|i care for|i look after|i ve cared|cared for (?:my|him|her)|contract|zero hours|i (?:have )?been (?:a carer|caring|looking after)|been a carer|as a carer|job|trained|qualified|experience|school|nursery|day centre)\b",
    )
});

/// Workers who leave or are lacking, and workers at one time.
pub(super) static TOGETHER: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:lost|losing|short of|sacked|employ\w*|train(?:ed|ing)?|off sick|left|leave|leaving|quit|resigned|at once|at a time|together|at the same time|hoist|double up|needs?|recruit\w*)\b",
    )
});

/// The last place where a count's length of time stands before it.
pub(super) static PERIOD_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?:in (?:a|one|the)|this|last|that|every|each|one|past) (?P<p>day|week|fortnight|month|year)\b|on (?P<w>(?:mon|tues|wednes|thurs|fri|satur|sun)day) alone\b|(?:in|over|within|for)(?: the)?(?: last| past| space of)? D(?P<d>\d+)",
    )
});

/// What makes even something usual or reported a case supposed.
pub(super) static CONDITION: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:if|unless|wish|imagine|ideally|suppose|supposing|whether|nice|help|love|rather|propos\w+)\b",
    )
});

/// Another service that took its time, right before how long.
pub(super) static OTHER_TOOK: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:gps?|doctors?|nurses?|occupational therapists?|ot|physio|hospital|dentist|blue badge|bus pass|passport|wheelchair|stairlift|surgery|pharmacy|optician)(?: \w+){0,2} (?:took|takes|taken|taking)(?: over| about| nearly)?$",
    )
});

/// What is told of others' care, and of what was read or seen: before a quantity.
pub(super) static HEARSAY: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:neighbours?|friends?|cousins?|lady next door|man next door|sister in law|brother in law)(?: \w+){0,2}?(?: (?:says|reckons|said) (?:she|he|they))? (?:pays?|paid|has|had|gets?|got|waited)\b|\b(?:on (?:the )?(?:telly|tv|television|news|radio|internet|facebook)|in the (?:paper|papers|news))\b|\b(?:i|we) (?:read|hear|heard) (?:that|of|about|some|people)\b",
    )
});

/// Pay of those who work: said after a sum.
pub(super) static PAY: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:(?:get|earn|paid|pays?|be getting) (?:\w+ )?(?:more|better)|aldi|lidl|tesco|asda|amazon|mcdonald\w*|supermarket|warehouse|stacking shelves|(?:minimum|living) wage|wages?|to (?:care workers|the carers|carers|staff|the girls)|before tax|after tax|take home)\b",
    )
});

/// What a worker is paid for is no visit.
pub(super) static PAID: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"\b(?:get|gets|getting|got|am|being|i m|only) paid\b|\bpaid nothing\b")
});

/// Before hours a week that someone gives, and does not receive.
pub(super) static GIVING: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"\b(?:i|we) (?:do|did|am doing|put in|provide|give|care)\b(?: [a-z]+){0,3} ?$")
});

/// After such hours.
pub(super) static GIVEN: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"^(?: \w+){0,6}? (?:of caring|unpaid|on top of my|to myself)\b|\b(?:week|weekly) (?:of )?(?:caring|unpaid|looking after|on top of)\b",
    )
});

/// What is missed and is no visit.
pub(super) static MISSABLE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:tablets?|pills?|drops?|dose|doses|medication|medicines?|meds|insulin|mg|inject\w*|cream|falls?|fell|puffs?|inhaler|paracetamol|meals)\b",
    )
});
