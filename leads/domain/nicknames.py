"""Everyday forms of given names, so that Bill and William are the same name.

One canonical form for each family of names, folded. Short forms that may mean several names ("alex")
stay themselves: `given_names_agree` lets them agree with whatever begins so.
"""

_FAMILIES = (
    "william bill billy will willy liam", "robert bob bobby rob robbie bert",
    "richard dick rick ricky rich", "john jack johnny jon", "james jim jimmy jamie",
    "katherine catherine kathryn kate kathy katie cathy kat kitty katharina kathrin",
    "elizabeth elisabeth liz lizzie beth betty eliza lisa elsa libby lisbeth",
    "michael mike mick micky michi miguel", "margaret peggy maggie meg margarete greta marge gretchen",
    "edward ted ed eddie ned eduard eduardo", "anthony tony antonio anton toni",
    "johannes hans hannes johann", "josef joseph sepp joe joey jupp", "jose pepe", "francisco paco pancho",
    "alexander sasha sascha sandy", "andrew andy drew andreas andi", "david dave davy",
    "stephen steve steven stefan stephan steffen", "charles chuck charlie carlos karl carl",
    "thomas tom tommy tomas", "christopher chris kit christoph", "daniel dan danny",
    "matthew matt matthias matty", "nicholas nick nicky nikolaus klaus niklas",
    "samuel sam sammy", "benjamin ben benny benji", "patricia pat patty trish tricia",
    "susan sue susie susanne susanna suzanne", "deborah deb debbie debra", "barbara barb babs baerbel",
    "jennifer jen jenny jenn", "victoria vicky vicki tori viktoria", "rebecca becky becca rebekka",
    "theodore theo theodor", "gregory greg gregor", "jeffrey jeff geoffrey geoff", "kenneth ken kenny",
    "lawrence larry laurence lorenz", "leonard leo len lenny leonhard", "ronald ron ronnie",
    "donald don donnie", "timothy tim timmy", "peter pete pit pedro", "philip phil phillip philipp",
    "raymond ray", "joshua josh", "nathaniel nathan nate", "zachary zach zack",
    "frederick friedrich fritz frederik freddy", "wilhelm willi",
    "heinrich heinz henry harry hank heiner henrik",
    "franziska franzi", "maximilian max", "sebastian basti bastian", "ulrich uli", "wolfgang wolf",
    "gabriele gabi", "angelika geli", "magdalena lena leni", "dorothea doro dorothy dot dottie",
    "guadalupe lupe", "ignacio nacho", "enrique quique", "manuel manolo", "dolores lola",
    "concepcion concha", "rafael rafa raphael", "gonzalo gonza", "alejandro ale", "giuseppe beppe peppe",
    "luigi gigi", "salvatore toto", "vladimir vova volodya", "dmitri dima dmitry", "ekaterina katya",
    "aleksandr shura", "nikolai kolya", "mikhail misha", "evgeny zhenya", "natalia natasha natalie",
    "tatiana tanya tania", "abigail abby gail", "amanda mandy", "cynthia cindy", "pamela pam",
    "sandra sandi", "judith judy", "kimberly kim", "jessica jess jessie",
    "stephanie steph steffi stefanie", "valerie val",
    "veronica ronnie vroni", "virginia ginny", "walter walt wally",
    "gerald gerry jerry gerhard gerd", "arthur art artie", "albert al bertie", "alfred alf fred",
    "harold hal", "vincent vince vinny", "dominic dom nick", "russell russ", "douglas doug",
)  # fmt: skip

_CANONICAL: dict[str, str] = {}
for _family in _FAMILIES:
    _first, *_others = _family.split()
    for _name in (_first, *_others):
        _CANONICAL.setdefault(_name, _first)

_LEAST_PREFIX = 3


def canonical_given_name(name: str) -> str:
    """The form that stands for a (folded) given name's family; unknown names stand for themselves."""
    return _CANONICAL.get(name, name)


def given_names_agree(one: str, other: str) -> bool:
    """Whether two (folded) given names may be one: the same family, an initial, or a short form."""
    one, other = canonical_given_name(one), canonical_given_name(other)
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and (len(short) == 1 or len(short) >= _LEAST_PREFIX)
