"""Names of months and weekdays as news sites write them, and the letter form they are compared in."""

from text.folding import fold_name

# One line a usage: twelve months, `|` between spellings of one month, `_` for a space in a name.
GREGORIAN = (
    # Egypt and the Gulf; the Levant and Iraq; Algeria and Tunisia; Morocco.
    "يناير فبراير مارس أبريل|إبريل مايو يونيو|يونيه يوليو|يوليه أغسطس|أوغسطس سبتمبر|سيبتمبر أكتوبر نوفمبر ديسمبر",
    "كانون_الثاني|كانون_ثاني شباط آذار نيسان أيار|نوار حزيران تموز آب أيلول تشرين_الأول|تشرين_أول|تشرين_أولى تشرين_الثاني|تشرين_ثاني كانون_الأول|كانون_أول",
    "جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر",
    "يناير فبراير مارس أبريل ماي يونيو يوليوز غشت شتنبر أكتوبر نونبر دجنبر",
    # Persian, Urdu, Pashto, Central Kurdish, Uyghur.
    "ژانویه|ژانويه فوریه مارس آوریل مه|می ژوئن ژوئیه|جولای|ژوییه اوت|آگوست سپتامبر اکتبر نوامبر دسامبر",
    "جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر",
    "جنوري فبروري مارچ اپریل مۍ جون جولای اګست سپتمبر|سېپتمبر اکتوبر نومبر دسمبر",
    "کانوونی_دووەم شوبات ئازار نیسان ئایار حوزەیران تەمووز|تەممووز ئاب ئەیلوول تشرینی_یەکەم تشرینی_دووەم کانوونی_یەکەم|کانونی_یەکەم",
    "يانۋار فېۋرال مارت ئاپرېل ماي ئىيۇن ئىيۇل ئاۋغۇست سېنتەبىر ئۆكتەبىر نويابىر دېكابىر",
    "january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sept|sep october|oct november|nov december|dec",
    "janvier|janv février|févr|fév mars avril|avr mai juin juillet|juil août septembre octobre novembre décembre|déc",
    "januar|jänner|jan februar|feber märz|maerz|mär|mrz april mai juni juli august september oktober|okt november dezember|dez",
    "enero|ene febrero marzo abril|abr mayo junio julio agosto|ago septiembre|setiembre octubre noviembre diciembre|dic",
    "janeiro fevereiro|fev março abril maio junho julho agosto setembro|set outubro|out novembro dezembro",
    "gennaio|gen febbraio|febbr marzo aprile maggio|mag giugno|giu luglio|lug agosto settembre ottobre|ott novembre dicembre",
    "januari februari maart|mrt april mei juni juli augustus september oktober november december",
    "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    "ianuarie|ian februarie martie aprilie mai iunie|iun iulie|iul august septembrie octombrie noiembrie decembrie",
    "stycznia|styczeń|sty lutego|luty|lut marca|marzec kwietnia|kwiecień|kwi maja|maj czerwca|czerwiec|cze lipca|lipiec|lip sierpnia|sierpień|sie września|wrzesień|wrz października|październik|paź listopada|listopad|lis grudnia|grudzień|gru",
    "ledna|leden února|únor března|březen dubna|duben května|květen června|červen července|červenec srpna|srpen září října|říjen listopadu|listopad prosince|prosinec",
    "januára|január februára|február marca|marec apríla|apríl mája|máj júna|jún júla|júl augusta|august septembra|september októbra|október novembra|november decembra|december",
    "января|янв|январь февраля|февр|фев|февраль марта|мар|март апреля|апр|апрель мая|май июня|июн|июнь июля|июл|июль августа|авг|август сентября|сент|сен|сентябрь октября|окт|октябрь ноября|нояб|ноя|ноябрь декабря|дек|декабрь",
    "січня|січень лютого|лютий березня|березень квітня|квітень травня|травень червня|червень липня|липень серпня|серпень вересня|вересень жовтня|жовтень листопада|листопад грудня|грудень",
    "януари|яну февруари март април май юни юли август септември|сеп октомври ноември|ное декември",
    "јануар|јануари фебруар март април мај јун|јуни јул|јули август септембар октобар новембар децембар",
    "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
    "ιανουαρίου|ιανουάριος|ιαν φεβρουαρίου|φεβρουάριος|φεβ μαρτίου|μάρτιος|μαρ απριλίου|απρίλιος|απρ μαΐου|μάιος|μαϊ ιουνίου|ιούνιος|ιουν ιουλίου|ιούλιος|ιουλ αυγούστου|αύγουστος|αυγ σεπτεμβρίου|σεπτέμβριος|σεπ|σεπτ οκτωβρίου|οκτώβριος|οκτ νοεμβρίου|νοέμβριος|νοε δεκεμβρίου|δεκέμβριος|δεκ",
    "ocak|oca şubat|şub mart nisan|nis mayıs haziran|haz temmuz|tem ağustos|ağu eylül|eyl ekim|eki kasım|kas aralık|ara",
    "yanvar fevral mart aprel may iyun iyul avqust|avgust sentyabr|sentabr oktyabr|oktabr noyabr dekabr",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "januar februar marts april maj juni juli august september oktober november desember|des",
    "janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember",
    "tammikuuta|tammikuu helmikuuta|helmikuu maaliskuuta|maaliskuu huhtikuuta|huhtikuu toukokuuta|toukokuu kesäkuuta|kesäkuu heinäkuuta|heinäkuu elokuuta|elokuu syyskuuta|syyskuu lokakuuta|lokakuu marraskuuta|marraskuu joulukuuta|joulukuu",
    "január február|febr március|márc április|ápr május|máj június|jún július|júl augusztus szeptember|szept október november december",
    "januari|januar februari maret april mei juni juli agustus|agt september oktober november|nopember desember",
    "janar shkurt mars prill maj qershor korrik gusht shtator tetor nëntor dhjetor",
    "januari februari machi aprili mei juni julai agosti septemba oktoba novemba desemba",
    "ינואר פברואר מרץ|מרס אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
    "जनवरी फ़रवरी|फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर|सितम्बर अक्टूबर|अक्तूबर नवंबर|नवम्बर दिसंबर|दिसम्बर",
)
JALALI = ("فروردین اردیبهشت خرداد تیر مرداد|امرداد شهریور مهر آبان آذر دی بهمن اسفند",)

# From Monday, as `date.weekday()` counts.
WEEKDAYS = (
    "الاثنين|اثنين|الإثنين|إثنين الثلاثاء|ثلاثاء الأربعاء|أربعاء الخميس|خميس الجمعة|جمعة السبت|سبت الأحد|أحد",
    "دوشنبه سه_شنبه|سهشنبه چهارشنبه|چهار_شنبه پنجشنبه|پنج_شنبه جمعه شنبه یکشنبه|یک_شنبه",
    "پیر منگل بدھ جمعرات جمعہ ہفتہ اتوار",
    "monday|mon tuesday|tue|tues wednesday|wed thursday|thu|thur|thurs friday|fri saturday|sat sunday|sun",
    "lundi|lun mardi mercredi jeudi|jeu vendredi samedi dimanche",
    "montag dienstag mittwoch donnerstag freitag samstag|sonnabend sonntag",
    "lunes martes miércoles jueves|jue viernes|vie sábado|sáb domingo|dom",
    "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "segunda|segunda_feira terça|terça_feira quarta|quarta_feira quinta|quinta_feira sexta|sexta_feira sábado domingo",
    "понедельник|пн вторник|вт среда|ср четверг|чт пятница|пт суббота|сб воскресенье|вс",
    "pazartesi salı çarşamba perşembe cuma cumartesi pazar",
    "poniedziałek wtorek środa czwartek piątek sobota niedziela",
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή",
)


def _numbered(lines: tuple[str, ...]) -> dict[str, int]:
    return {
        fold_name(spelling.replace("_", " ")): number
        for line in lines
        for number, names in enumerate(line.split())
        for spelling in names.split("|")
    }


_GREGORIAN = {name: n + 1 for name, n in _numbered(GREGORIAN).items()}
_JALALI = {name: n + 1 for name, n in _numbered(JALALI).items()}
_WEEKDAYS = _numbered(WEEKDAYS)


def month(name: str, *, jalali: bool = False) -> int | None:
    """1 to 12 for the plain form of a month's name."""
    return (_JALALI if jalali else _GREGORIAN).get(name)


def weekday(name: str) -> int | None:
    """0 (Monday) to 6 for the plain form of a weekday's name."""
    return _WEEKDAYS.get(name)


def in_calendar(name: str) -> bool:
    """Whether the plain word is, or is half of, a month's or weekday's name."""
    return name in _WORDS


_WORDS = {w for names in (_GREGORIAN, _JALALI, _WEEKDAYS) for name in names for w in name.split()}
