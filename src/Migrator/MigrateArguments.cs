using System.Diagnostics.CodeAnalysis;
using GeminiChat.Silo.Store;
using PhoneNumbers;

namespace GeminiChat.Migrator;

/// <summary>What is to be moved where.</summary>
/// <param name="From">The database with the data.</param>
/// <param name="IsFastApi">Whether it is the one of the FastAPI service that this one replaces.</param>
/// <param name="To">The database to be.</param>
/// <param name="Region">Where mobile numbers without a country code belong; null when there is no such place.</param>
internal sealed record MigrateArguments(DatabaseAddress From, bool IsFastApi, DatabaseAddress To, string? Region)
{
    public const string Help = """
        Moves all data from one database into an empty one. Nothing else may use either of them meanwhile. After an
        interruption run the same command again: it goes on. What has been moved is not moved twice.

          migrate --from sqlite:///data/geminichat.db --to postgresql://user:password@host/database
              from a process of its own to a cluster's database

          migrate --from-fastapi postgresql://user:password@host/database --to <database> [--region DE]
              from the FastAPI service that this one replaces, into postgresql://… or sqlite:///…

          --region  the country (ISO 3166-1, two letters) of mobile numbers that are stored without a country code

        Addresses are written as in DATABASE_URL; the path of a SQLite file starts from the working folder.
        Ends with 0 when all is moved, 1 when that is refused or has failed, 2 when these words were not understood.
        """;

    /// <summary>Reads the words of the command line.</summary>
    /// <param name="words">The words after "migrate".</param>
    /// <param name="folder">What relative paths start from.</param>
    /// <param name="arguments">What they say.</param>
    /// <param name="flaw">Why they say nothing.</param>
    public static bool TryParse(
        IReadOnlyList<string> words,
        string folder,
        [NotNullWhen(true)] out MigrateArguments? arguments,
        [NotNullWhen(false)] out string? flaw)
    {
        arguments = null;
        try
        {
            var given = ParsePairs(words);
            var isFastApi = given.ContainsKey("--from-fastapi");
            if (given.ContainsKey("--from") == isFastApi || !given.TryGetValue("--to", out var to))
            {
                throw new FormatException("one of --from and --from-fastapi is needed, and --to.");
            }

            arguments = new MigrateArguments(
                ParseAddress(given, isFastApi ? "--from-fastapi" : "--from", folder), isFastApi, ParseAddress(given, "--to", folder), ParseRegion(given));
            flaw = null;
        }
        catch (FormatException wrong)
        {
            flaw = wrong.Message;
        }

        return arguments is not null;
    }

    private static Dictionary<string, string> ParsePairs(IReadOnlyList<string> words)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < words.Count; i += 2)
        {
            if (words[i] is not ("--from" or "--from-fastapi" or "--to" or "--region"))
            {
                throw new FormatException($"{words[i]} is not known.");
            }

            if (i + 1 == words.Count || !given.TryAdd(words[i], words[i + 1]))
            {
                throw new FormatException($"{words[i]} is needed once, with a value.");
            }
        }

        return given;
    }

    private static DatabaseAddress ParseAddress(Dictionary<string, string> given, string name, string folder)
    {
        try
        {
            return DatabaseUrl.Parse(given[name], folder);
        }
        catch (FormatException wrong)
        {
            throw new FormatException($"{name}: {wrong.Message}", wrong);
        }
    }

    private static string? ParseRegion(Dictionary<string, string> given)
    {
        var region = given.GetValueOrDefault("--region")?.ToUpperInvariant();
        return region is null || PhoneNumberUtil.GetInstance().GetSupportedRegions().Contains(region)
            ? region
            : throw new FormatException("--region: expected a country's two letters, such as DE.");
    }
}
