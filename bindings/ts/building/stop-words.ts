/** The commonest words of the commonest written languages: they do not name a family of prompts. */

const WORDS = `
a about after all also an and any are as at be been but by can could did do does for from get give had has have he her
here him his how i if in into is it its just like make may me more most my need no not of on one only or other our out
please she should so some than that the their them then there these they this those to up us use using want was we were
what when where which who why will with would write you your each any very much many such here there now new two one first
de la el los las un una unos unas y o en que es por para con no se su sus como mas al del lo le me mi te si este esta
le les des du et ou en est pour dans sur avec ne pas ce cette ces que qui je tu il elle nous vous au aux plus par une
der die das und oder ist in im den dem des ein eine einen einer eines mit von zu zum zur auf für nicht auch sich wie
bitte ich du sie er wir ihr es als an bei nach aus hat haben wird kann wenn nur so noch dass um
o os as um uma e em no na nos nas por para com não do da dos das se ao mais como que
и в не на я что он с как это по но они мы она для из у за от так о же вы к до бы
il lo gli i di e che per un una con non del della dei da come sono
van het een en ik je dat niet op te met voor zijn er
के का की है में और से को पर ने एक यह हैं भी कि लिए
এবং এই একটি করে থেকে জন্য সে তার ও না
في من على إلى عن أن هذا هذه التي الذي مع ما لا هو هي كان
的 了 是 我 你 在 有 和 不 这 那 请 一个 我们 他 她 它 与 及 或
の に は を た が で て と し れ さ い も な です ます する この その
yang dan di ke dari ini itu untuk dengan tidak
ve bir bu da için ile ne mi
`;

export const STOP_WORDS: ReadonlySet<string> = new Set(WORDS.trim().split(/\s+/));
