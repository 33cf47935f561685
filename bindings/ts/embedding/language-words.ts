/**
 * Frequent words by which languages in Latin letters are told apart, from English too. Words that English has as well
 * ("die", "an", "me") are in no list but English's; words of programming languages ("if", "for", "return") are in none.
 */

/** Ranges of letters outside Latin script: first and last code unit, language, letters of a word. */
export const SCRIPTS: readonly (readonly [first: number, last: number, language: string, perWord: number])[] = [
  [0x0370, 0x03ff, 'el', 5],
  [0x0400, 0x052f, 'ru', 5],
  [0x0531, 0x058a, 'hy', 5],
  [0x0591, 0x05f4, 'he', 4],
  [0x0600, 0x06ff, 'ar', 4],
  [0x0750, 0x077f, 'ar', 4],
  [0x0900, 0x097f, 'hi', 4],
  [0x0980, 0x09ff, 'bn', 4],
  [0x0a00, 0x0a7f, 'pa', 4],
  [0x0a80, 0x0aff, 'gu', 4],
  [0x0b00, 0x0b7f, 'or', 4],
  [0x0b80, 0x0bff, 'ta', 4],
  [0x0c00, 0x0c7f, 'te', 4],
  [0x0c80, 0x0cff, 'kn', 4],
  [0x0d00, 0x0d7f, 'ml', 4],
  [0x0d80, 0x0dff, 'si', 4],
  [0x0e00, 0x0e7f, 'th', 4],
  [0x0e80, 0x0eff, 'lo', 4],
  [0x0f00, 0x0fff, 'bo', 4],
  [0x1000, 0x109f, 'my', 4],
  [0x10a0, 0x10ff, 'ka', 5],
  [0x1100, 0x11ff, 'ko', 2],
  [0x1200, 0x137f, 'am', 3],
  [0x1780, 0x17ff, 'km', 4],
  [0x1f00, 0x1fff, 'el', 5],
  [0x3041, 0x30ff, 'ja', 2],
  [0x3131, 0x318e, 'ko', 2],
  [0x3400, 0x9fff, 'zh', 2],
  [0xac00, 0xd7a3, 'ko', 2],
  [0xd840, 0xd87f, 'zh', 2],
  [0xf900, 0xfaff, 'zh', 2],
  [0xfb50, 0xfdff, 'ar', 4],
  [0xfe70, 0xfefc, 'ar', 4],
  [0xff66, 0xff9d, 'ja', 2],
];

/** Words of other languages that English texts use. */
export const LOANS =
  'à café cafés naïve naïvely cliché clichés clichéd résumé résumés déjà jalapeño jalapeños façade façades fiancé fiancée vis-à-vis ' +
  'état señor señorita über piñata crème brûlée pâté sauté sautéed soufflé entrée entrées protégé touché doppelgänger smörgåsbord açaí ' +
  'voilà rosé élan éclair débutante décor matinée mêlée papier-mâché raison risqué séance soirée tête-à-tête vicuña déclassé fête né née ' +
  'olé crêpe crêpes purée gruyère consommé appliqué communiqué coöperate reëlect préfecture ångström ångströms';

/** English function words, and words that prompts begin with. */
export const ENGLISH =
  'the of and to a an that this these those it its they them their there he she his her him i you your yours my mine we our us me ' +
  'am are was were be been being have has had having do does did done doing will would can could should shall may might must ' +
  'what which who whom whose when where why how than then because so such some any each every both few more most other much many ' +
  'about into over after before between through during without within against under above below up down out off on at by with from ' +
  'as or but nor not no yes if in is for all only own same too very just also again once here now ever never always still yet ' +
  'give make write tell explain find show list describe create please help need want let know think get got go going say said see ' +
  'use used using take come look like add play book set put call ask work new good best one two three first last long little people ' +
  'translate translation english german french spanish mean means meaning correct check define convert solve calculate rewrite summarize fix vs pay open turn start stop remind question answer following text word words sentence example examples list name names same different ' +
  "time year day way thing man world life hand part place case week number fact rate near next today tomorrow don't doesn't didn't " +
  "i'm i've i'd it's that's what's isn't aren't can't won't you're we're they're let's there's";

/** Words by language. The last word of some is of several languages: it counts for each. */
export const FOREIGN: Readonly<Record<string, string>> = {
  de:
    'zwei drei vier welchem welchen bestimme löse berechne schlage gib zeige einfach wirft wurde besteht helfen ihnen der das ein eine einen einem einer eines und oder aber nicht ist sind wird werden wurde wie ich du er sie es wir ihr mich mir ' +
    'dich dir sich uns mein meine meinen meinem meiner dein deine deinen sein seine seinen ihre ihren für von vom zu zum zur mit auf ' +
    'aus bei beim nach über unter durch gegen ohne um wenn dann dass weil ob als auch noch nur sehr mehr schon kann kannst können ' +
    'könnte könntest soll sollte muss müssen hat haben habe hatte gibt dem des im diese diesen dieser dieses welche welcher welches ' +
    'wo warum wer wann kein keine hier jetzt heute mach schreibe schreib erkläre nenne beschreibe etwas viel viele alle zwischen wurden',
  fr:
    'résous calcule propose aide résume corrige traduis dire bon bonne ans jours peu beaucoup le la les un une des du de et ou mais ne pas est sont été être avoir ont avec pour dans sur par que qui quoi dont où ce cette ces ' +
    'cet je tu il elle nous vous ils elles mon ma mes ton ta tes son sa ses notre votre leur leurs au aux en plus moins très bien aussi ' +
    'comme si quand comment pourquoi quel quelle quels quelles sans sous entre chez vers fait faire peut peux puis-je donne écris ' +
    "explique c'est j'ai d'un d'une qu'il qu'elle qu'est-ce n'est s'il deux trois tout tous toute toutes même après avant depuis",
  es:
    'tomar juntos resuelve calcula busca propón resume corrige traduce analiza genera eres tienes crea días mejor primero incluye debe deben el la los las un una unos unas de del al y o pero no es son está están ser estar fue tiene tengo hay con por para en que qué ' +
    'quién cuál cuáles cómo cuándo dónde porque si sí su sus mi mis tu tus yo tú él ella nosotros ellos ellas usted me te se lo le les ' +
    'nos este esta estos estas ese esa eso esto más menos muy también como cuando donde entre sobre sin hasta desde puede puedo ' +
    'puedes hacer escribe explica dame haz crea quiero cada uno dos tres todo todos toda todas años después según sólo solo cuánto ' +
    'cuántos cuántas cuánta ha han',
  pt:
    'resolva calcule posso juntos segundo sugira resuma corrija traduza analise crie melhor dias deve devem função exercícios o os as um uma uns umas de do da dos das e ou mas não é são está estão ser estar foi tem tenho há com por para em no na nos nas ' +
    'ao aos à às que quem qual quais como quando onde porque se seu sua seus suas meu minha meus minhas eu tu ele ela nós eles elas ' +
    'você vocês lhe este esta esse essa isso isto aquele mais menos muito também entre sobre sem até desde pelo pela pelos pelas pode ' +
    'posso fazer escreva explique quero cada dois três todo todos toda todas anos depois só quanto quantos quantas já foram uma',
  it:
    'risolvi calcola posso proponi riassumi correggi giorni meglio deve devono seguenti nome nomi elenco domanda il lo la i gli le un uno una di del dello della dei degli delle da dal dalla in nel nella nei nelle con su sul sulla per tra fra e ' +
    'ed o ma non è sono essere avere ha hanno ho che chi cosa quale quali come quando dove perché se si mi ti ci vi suo sua suoi mio mia ' +
    "miei tuo tua io tu lui lei noi voi loro questo questa questi queste quello quella più meno molto anche al alla ai alle agli dall'a " +
    "scrivi spiega puoi può fare ogni due tre tutto tutti tutte anni dopo prima solo quanto quanti quante stato stata c'è l'ha un'altra",
  nl:
    'deel seizoen maakte bereken los noem stel geeft zijn vraag het een en van de dat die niet zijn voor met op aan er om te ook als bij naar uit maar dan nog wel geen wat hoe waarom wie waar ' +
    'welke wanneer ik je jij hij zij ze wij we jullie u mijn jouw haar hun ons onze dit deze door over tegen zonder worden wordt werd ' +
    'heeft hebben heb had kan kun kunnen moet moeten zou zal zullen schrijf geef leg maak veel meer zeer al alle tussen onder omdat ' +
    'ben bent tot naar zo',
  pl:
    'pytanie napisać podaj oblicz rozwiąż i w z na do nie się że jest są to jak co o od po za dla przez przy bez czy lub ale oraz ten ta te tego tej tych ja ty on ona my ' +
    'wy oni mój moja moje mnie mi ci jego jej ich który która które którzy kiedy gdzie dlaczego kto ile bardzo więcej mniej tylko też ' +
    'także już jeszcze być był była było mam masz ma może można proszę napisz wyjaśnij podaj jaki jaka jakie między pod nad ze we aby ' +
    'gdy jeśli każdy wszystkie po ku',
  tr:
    've bir bu da de için ile ne mi mı mu mü gibi daha çok en olarak olan olduğu var yok ben sen o biz siz onlar benim senin onun bana ' +
    'sana ona kadar sonra önce ama fakat veya ya ki her hangi nasıl neden niçin nerede kim kaç şey değil ise göre yaz açıkla lütfen ' +
    'oldu olur eder edin tarafından iki üç tüm bütün arasında üzerinde şu etti bunu nedir midir',
  cs:
    'a v na se je to že s z do o i k ve za jako pro po jsou by si jak nebo ale ten ta které který která co když kde proč kdo kolik ' +
    'jsem jsi jsme jste byl byla bylo být má mám máš může mohu můžete také více jen už ještě od při před mezi pod nad podle aby pokud ' +
    'tento tato toto těch jeho její jejich můj moje mi mě ti napiš vysvětli prosím každý všechny není až ze ke',
  sk:
    'a v na sa je to že s z do o aj k vo za ako pre po sú by si alebo ale ten tá ktoré ktorý ktorá čo keď kde prečo kto koľko som sme ' +
    'ste bol bola bolo byť má mám máš môže môžem tiež viac len už ešte od pri pred medzi pod nad podľa aby ak tento táto toto jeho jej ' +
    'ich môj moja moje mi ma ti napíš vysvetli prosím každý všetky nie sú bude zo',
  ro:
    'și în de la cu pe din un o este sunt nu că care ce cum când unde cine cât câte câți pentru prin ca mai sau dar dacă eu tu el ea ' +
    'noi voi ei ele meu mea tău sa său săi lui lor le îl îi își acest această aceste acesta aceasta foarte doar după până între fără ' +
    'despre fi fost are am ai au avea poate pot scrie explică te rog al ai ale unei unui fiecare toate decât',
  sv:
    'fråga svara beräkna och att det som en ett är på för med av till den de inte har jag du han hon vi ni ' +
    'mig dig sig oss mitt mina din ditt om men eller så kan ska skulle vill var när hur varför vad vem vilken vilket vilka från ' +
    'under över efter mellan utan mot också mer mycket bara finns blir blev vara skriv förklara ge hej tack detta denna dessa alla hade ' +
    'sin sitt sina',
  da:
    'spørgsmål svar besvar og at det som en et er på for med af til den de ikke har jeg du han hun vi i mig dig sig os mit mine din dit om men eller så ' +
    'kan skal skulle vil var når hvordan hvorfor hvad hvem hvilken hvilket hvilke fra under over efter mellem uden mod også mere meget ' +
    'kun findes bliver blev være skriv forklar giv hej tak dette denne disse alle havde sin sit sine der',
  no:
    'spørsmål svar besvar og å det som en et er på for med av til den de ikke har jeg du han hun vi dere meg deg seg oss mitt mine din ditt om men eller ' +
    'så kan skal skulle vil var når hvordan hvorfor hva hvem hvilken hvilket hvilke fra under over etter mellom uten mot også mer mye ' +
    'bare finnes blir ble være skriv forklar gi hei takk dette denne disse alle hadde ein eit ikkje eg kva frå',
  fi:
    'kysymys vastaus vastaa ei teksti ja on ei että se hän minä sinä me te he olen olet ovat oli olisi olla mitä mikä mikään miten miksi missä kuka kuinka milloin kun ' +
    'kuin myös tai vai mutta jos niin vain hyvin enemmän kanssa ilman jälkeen ennen välillä joka jotka jossa tämä tämän nämä sen sitä ' +
    'minun sinun hänen heidän voi voit voiko voisi kirjoita selitä anna kerro kaikki monta paljon ole eivät sekä noin',
  hu:
    'a az és egy nem hogy is van vannak volt lesz ez azt ezt ha de vagy mint meg csak már még mi mit ki kit hol mikor miért hogyan ' +
    'hány mennyi melyik én te ő mi ti ők nekem neked neki engem téged minden nagyon több kevesebb között után előtt nélkül szerint ' +
    'által lehet kell tud tudom kérlek írj magyarázd mondd el fel ki be össze amely aki ami ahol amikor mert vele róla',
  id:
    'yang dan di ke dari untuk dengan pada adalah itu ini tidak ada akan bisa dapat saya aku kamu anda dia kami kita mereka apa siapa ' +
    'mengapa kenapa bagaimana kapan dimana berapa atau tetapi tapi karena jika kalau sebagai oleh dalam lebih sangat juga sudah telah ' +
    'belum hanya semua setiap antara tanpa setelah sebelum tolong tulis tuliskan jelaskan buat buatkan berikan bagi seperti menjadi para ' +
    'secara tersebut boleh tentang',
  vi:
    'và của là có không được cho với một các những này đó trong ngoài trên dưới khi nào gì ai sao thế như để từ đến về tôi bạn anh chị ' +
    'em chúng ta họ nó rất cũng đã đang sẽ phải nên nếu thì mà hay hoặc nhưng vì bởi hãy viết giải thích người năm ngày làm nhiều ít ' +
    'hơn nhất tại bao nhiêu mỗi',
  hr:
    'pitanje koristeći ništa najmanje riječi riječ će nemojte odgovorite i u na se je da su za od s sa do o po iz kao što koji koja koje kako kada gdje gde zašto zasto tko ko koliko ne nije ili ali ako ' +
    'sam si smo ste bi bio bila bilo biti ima imam imaš može mogu također takođe više samo već još prije pre nakon između bez ' +
    'pod nad ovo ova ovaj to ta taj moj moja moje mi me ti njegov njezin njihov napiši objasni molim svaki sve ovog nego',
  sl:
    'bo bodo vprašanje nič odgovorite besedilo in je da na se za so v z s pri po od do iz kot kako kaj kdo kje kdaj zakaj koliko ki ni ne ali pa če sem si smo ste bi bil bila ' +
    'bilo biti ima imam imaš lahko tudi več samo že še pred med brez pod nad to ta ti moj moja moje mi me njegov njen njihov napiši ' +
    'razloži prosim vsak vse tako ter bolj zelo',
  lt:
    'ir yra kad su iš į ne tai kaip bet ar arba apie už per po nuo iki prie tik jau dar labai daugiau kas kuris kuri kurie kodėl kada ' +
    'kur kiek aš tu jis ji mes jūs jie mano tavo savo jo jos buvo bus būti gali galiu turi parašyk paaiškink prašau visi tarp taip pat nėra',
  lv:
    'un ir ka ar no uz par pie kā bet vai kas kurš kura kuri kāpēc kad kur cik es tu viņš viņa mēs jūs viņi mans mana savu to tas tā ' +
    'šis šī nav bija būs būt var varu tikai jau vēl ļoti vairāk lai pēc pirms starp bez līdz uzraksti paskaidro lūdzu visi arī tiek',
  et:
    'küsimus vastus lause otsusta midagi ja on ei et see ta ma sa me te nad oli olen oled olla kui kuidas miks mis kes kus millal mitu palju või aga sest nagu ka ning ' +
    'veel juba ainult väga rohkem minu sinu tema meie teie nende selle seda oma saab võib kirjuta selgita palun kõik vahel ilma enne ' +
    'pärast kuni',
  is:
    'og að er í á ekki það sem við til um en ég þú hann hún þeir þær þau var voru vera hefur hafa með frá fyrir eftir yfir undir hvað ' +
    'hver hvernig hvers hvenær hvar eða ef þegar mjög meira bara einnig minn mín þinn þín sinn sín þetta þessi þessa skrifaðu útskýrðu',
  ca:
    'el la els les un una uns unes de del dels al als i o però no és són està amb per en que què qui quin quina quins quines com quan on ' +
    'perquè si se seu seva meu meva jo tu ell ella nosaltres vosaltres ells aquest aquesta aquests això més menys molt també entre sobre ' +
    'sense fins des pot puc fer escriu explica vull cada dos tres tot tots tota totes anys després ha han',
  sq:
    'dhe në të e i me për nga një është janë nuk që si po apo por kur ku pse kush sa ky kjo këta ai ajo ata ato unë ti ne ju im ime ' +
    'yt tij saj tyre më shumë vetëm edhe ka kam ke kanë mund duhet shkruaj shpjego prej deri pas para mes pa ishte ose',
  af:
    'die en van het nie is in wat vir met op aan te om ook as by na uit maar dan nog hoe hoekom wie waar watter wanneer ek jy hy sy ons ' +
    'julle hulle my jou hom haar dit hierdie deur oor teen sonder word kan moet sal gee skryf verduidelik baie meer alle tussen was',
  tl:
    'ang ng mga sa na ay at ko mo niya namin natin nila ako ikaw siya kami tayo sila ito iyon hindi para kung ano sino bakit paano ' +
    'saan kailan ilan may mayroon wala gusto lang din rin pa kay ni si nang ngunit pero dahil isang mas lahat isulat ipaliwanag',
  sw:
    'na ya wa kwa ni la za katika cha kuwa hii hiyo huo yake wake yangu wangu kila ambao ambayo kama lakini au si mimi wewe yeye sisi ' +
    'ninyi wao nini nani wapi lini kwanini vipi ngapi alikuwa ana wana kutoka hadi baada kabla zaidi sana pia tu andika eleza ' +
    'ikiwa anapata kiasi gani wawili siku',
};

/** Words that are foreign enough to decide about a text of a few words. */
export const GREETINGS: Readonly<Record<string, string>> = {
  de: 'deutsch erkläre schreibe berechne bestimme hallo danke bitte tschüss ja nein moin servus guten morgen abend nacht wetter übersetze erkläre hilf hilfe',
  fr: "français écris explique-moi résous bonjour bonsoir salut merci oui s'il plaît coucou aide traduis aujourd'hui revoir",
  es: 'español hablas escribe explícame resuelve hola gracias adiós sí buenos buenas días tardes noches ayuda ayúdame traduce mañana',
  pt: 'português escreva resolva olá obrigado obrigada não boa tarde noite ajuda ajude traduza hoje amanhã tudo bem',
  it: 'italiano scrivi spiega spiegami risolvi ciao grazie sì buongiorno buonasera prego aiuto aiutami traduci oggi domani arrivederci',
  nl: 'hoi dank bedankt dankje ja goedemorgen goedenavond alsjeblieft vertaal vandaag morgen',
  pl: 'cześć dziękuję dzięki dzień dobry pomóż pomoc przetłumacz dzisiaj dziś jutro',
  tr: 'merhaba teşekkürler teşekkür selam evet hayır günaydın yardım çevir bugün yarın',
  cs: 'ahoj děkuji díky dobrý pomoc přelož dnes zítra',
  sk: 'ahoj ďakujem vďaka áno dobrý deň pomoc prelož dnes zajtra',
  ro: 'salut bună mulțumesc ziua ajutor tradu azi mâine',
  sv: 'hej tack ja morgon hjälp översätt idag',
  da: 'hej ja morgen hjælp oversæt',
  no: 'hei takk ja nei morgen hjelp oversett',
  fi: 'hei moi kiitos kyllä ei hyvää huomenta apua käännä tänään',
  hu: 'szia köszönöm igen nem jó napot segítség fordítsd ma holnap',
  id: 'halo terima kasih tolong selamat pagi siang malam bantu terjemahkan',
  vi: 'chào cảm ơn vâng xin giúp dịch hôm nay',
  hr: 'zdravo hvala dobar pomoć prevedi danas',
};
