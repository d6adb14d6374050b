namespace GeminiChat.Gateway.Web;

/// <summary>The words of <see cref="NotFoundPage"/> in one language. The languages are those of the page at <c>/</c>.</summary>
/// <param name="Language">A BCP 47 tag.</param>
/// <param name="Title">The title of the page.</param>
/// <param name="Nothing">There is nothing at the address.</param>
/// <param name="NotShared">There is no share at the address, or no more.</param>
/// <param name="ToStart">The link to the start.</param>
/// <param name="Direction">The direction of the script.</param>
internal sealed record NotFoundWords(string Language, string Title, string Nothing, string NotShared, string ToStart, string Direction = "ltr")
{
    // The first one is for all other languages.
    private static readonly ImmutableArray<NotFoundWords> All =
    [
        new(
            "en",
            "Not found",
            "There is nothing at this address.",
            "There is no shared conversation at this address, or it is not shared any more.",
            "Go to GeminiChat"),
        new(
            "de",
            "Nicht gefunden",
            "Unter dieser Adresse gibt es nichts.",
            "Unter dieser Adresse gibt es keinen geteilten Chat, oder er wird nicht mehr geteilt.",
            "Zu GeminiChat"),
        new(
            "es",
            "No encontrado",
            "No hay nada en esta dirección.",
            "En esta dirección no hay ningún chat compartido, o ya no se comparte.",
            "Ir a GeminiChat"),
        new(
            "hi",
            "नहीं मिला",
            "इस पते पर कुछ नहीं है।",
            "इस पते पर कोई शेयर की गई चैट नहीं है, या वह अब शेयर नहीं है।",
            "GeminiChat पर जाएँ"),
        new(
            "ar",
            "غير موجود",
            "لا يوجد شيء في هذا العنوان.",
            "لا توجد محادثة مشتركة في هذا العنوان، أو لم تعد مشتركة.",
            "الانتقال إلى GeminiChat",
            "rtl"),
    ];

    /// <summary>The words in the language that the reader prefers (<c>Accept-Language</c>: RFC 9110, 12.5.4). <c>de-AT</c> is German, too.</summary>
    public static NotFoundWords For(HttpRequest request) =>
        request.GetTypedHeaders().AcceptLanguage
            .Where(static wanted => wanted.Quality is not 0)
            .OrderByDescending(static wanted => wanted.Quality ?? 1)
            .Select(static wanted => Find(wanted.Value.AsSpan()))
            .FirstOrDefault(static words => words is not null) ?? All[0];

    private static NotFoundWords? Find(ReadOnlySpan<char> tag)
    {
        var end = tag.IndexOf('-');
        var language = end < 0 ? tag : tag[..end];
        foreach (var words in All)
        {
            if (language.Equals(words.Language, StringComparison.OrdinalIgnoreCase))
            {
                return words;
            }
        }

        return null;
    }
}
