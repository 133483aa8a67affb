"""Sites that send visitors, by what they are: our own list of facts, which administrators extend.

One site a line: its name as a source, then its hosts and other words that marketers write for it.
`google.*` is that name under any public suffix; `bing.com/shop` only addresses below that path.
"""

SEARCH = """
google google.* adwords google_ads googleads google-ads
bing bing.com
duckduckgo duckduckgo.com ddg
yahoo search.yahoo.com yahoo.* search.yahoo.co.jp
baidu baidu.com
yandex yandex.* ya.ru
ecosia ecosia.org
qwant qwant.com
startpage startpage.com
brave search.brave.com
kagi kagi.com
naver search.naver.com naver.com
daum daum.net
seznam search.seznam.cz seznam.cz
sogou sogou.com
so.com so.com
aol search.aol.com aol.com
ask ask.com
lycos lycos.com
mojeek mojeek.com
swisscows swisscows.com
metager metager.org metager.de
t-online suche.t-online.de
web.de suche.web.de
gmx suche.gmx.net
rambler rambler.ru
dogpile dogpile.com
webcrawler webcrawler.com
info.com info.com
excite excite.com
goo goo.ne.jp
onet szukaj.onet.pl
virgilio virgilio.it
presearch presearch.com
you.com you.com
coccoc coccoc.com
search.com search.com
avg search.avg.com
comcast search.xfinity.com
incredimail search.incredimail.com
babylon search.babylon.com
biglobe search.biglobe.ne.jp
"""
SOCIAL = """
facebook facebook.com fb.com fb.me messenger.com fb
instagram instagram.com ig
threads threads.net threads.com
linkedin linkedin.com lnkd.in
twitter twitter.com x.com t.co
reddit reddit.com redd.it
pinterest pinterest.* pin.it
tiktok tiktok.com
snapchat snapchat.com snap
whatsapp whatsapp.com wa.me
telegram telegram.org t.me telegram.me
discord discord.com discord.gg
mastodon mastodon.social mastodon.online mstdn.social fosstodon.org hachyderm.io
bluesky bsky.app
quora quora.com
tumblr tumblr.com
medium medium.com
xing xing.com
vk vk.com vkontakte.ru
ok.ru ok.ru odnoklassniki.ru
weibo weibo.com weibo.cn
wechat weixin.qq.com wechat.com
line line.me
kakao story.kakao.com
hackernews news.ycombinator.com
lobsters lobste.rs
stackoverflow stackoverflow.com
stackexchange stackexchange.com
meetup meetup.com
nextdoor nextdoor.com
flickr flickr.com
deviantart deviantart.com
slideshare slideshare.net
slack slack.com
teams teams.microsoft.com
yammer yammer.com
trustpilot trustpilot.com
glassdoor glassdoor.com
tripadvisor tripadvisor.*
yelp yelp.com
goodreads goodreads.com
livejournal livejournal.com
disqus disqus.com
buffer buffer.com
hootsuite hootsuite.com
plurk plurk.com
gab gab.com
parler parler.com
mixi mixi.jp
"""
VIDEO = """
youtube youtube.com youtu.be yt youtube-nocookie.com
vimeo vimeo.com
twitch twitch.tv
dailymotion dailymotion.com dai.ly
wistia wistia.com wistia.net
rumble rumble.com
bilibili bilibili.com
youku youku.com
iqiyi iqiyi.com
netflix netflix.com
hulu hulu.com
disneyplus disneyplus.com
ted ted.com
niconico nicovideo.jp
odysee odysee.com
peertube joinpeertube.org
rutube rutube.ru
loom loom.com
"""
SHOPPING = """
amazon amazon.* amzn.to
ebay ebay.*
etsy etsy.com
walmart walmart.com
alibaba alibaba.com
aliexpress aliexpress.com
google-shopping shopping.google.com google.*/shopping igshopping
bing-shopping bing.com/shop
shopify shopify.com shop.app
rakuten rakuten.* rakuten.co.jp
mercadolibre mercadolibre.* mercadolivre.com.br
idealo idealo.*
otto otto.de
zalando zalando.*
shopzilla shopzilla.com
pricegrabber pricegrabber.com
target target.com
bestbuy bestbuy.com
wayfair wayfair.com
kelkoo kelkoo.*
geizhals geizhals.de geizhals.at
cdiscount cdiscount.com
allegro allegro.pl
bol bol.com
taobao taobao.com
tmall tmall.com
jd jd.com
flipkart flipkart.com
temu temu.com
"""
MAIL = """
gmail mail.google.com
outlook outlook.live.com outlook.office.com outlook.office365.com outlook.com
yahoo-mail mail.yahoo.com
aol-mail mail.aol.com
gmx-mail navigator.gmx.net mail.gmx.net
web.de-mail navigator.web.de
proton-mail mail.proton.me
icloud-mail icloud.com/mail
zoho-mail mail.zoho.com mail.zoho.eu
fastmail fastmail.com
yandex-mail mail.yandex.ru mail.yandex.com
mail.ru e.mail.ru
qq-mail mail.qq.com
163-mail mail.163.com
naver-mail mail.naver.com
"""
ASSISTANT = """
chatgpt chatgpt.com chat.openai.com openai
claude claude.ai
gemini gemini.google.com bard.google.com
copilot copilot.microsoft.com copilot.cloud.microsoft bing.com/chat
perplexity perplexity.ai
mistral chat.mistral.ai
meta-ai meta.ai
poe poe.com
character.ai character.ai
deepseek chat.deepseek.com deepseek.com
grok grok.com x.com/i/grok
phind phind.com
pi pi.ai
huggingchat huggingface.co/chat
duck.ai duck.ai
"""
# On a search engine's domain, but nobody searched there.
OTHER = """
google-maps maps.google.com google.*/maps
google-docs docs.google.com drive.google.com sites.google.com
google-groups groups.google.com
google-accounts accounts.google.com
google-news news.google.com
google-ads-preview googleadservices.com
google-calendar calendar.google.com
bing-maps bing.com/maps
yahoo-news news.yahoo.com finance.yahoo.com
naver-blog blog.naver.com
"""
BY_CATEGORY = {
    "SEARCH": SEARCH, "SOCIAL": SOCIAL, "VIDEO": VIDEO, "SHOPPING": SHOPPING, "MAIL": MAIL,
    "ASSISTANT": ASSISTANT, "OTHER": OTHER,
}  # fmt: skip
