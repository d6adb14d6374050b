using System.Diagnostics.CodeAnalysis;
using GeminiChat.Silo.Store;
using PhoneNumbers;

namespace GeminiChat.Migrator;

/// <summary>The arguments of the command.</summary>
/// <param name="From">The source.</param>
/// <param name="IsFastApi">Whether the source is the database of the FastAPI service that this service replaces.</param>
/// <param name="To">The target.</param>
/// <param name="Region">The country of mobile numbers without a country code; null for none.</param>
internal sealed record MigrateArguments(DatabaseAddress From, bool IsFastApi, DatabaseAddress To, string? Region)
{
    public const string Help = """
        Moves all data from one database into an empty one. No other process may use either database
        while it runs. After an interruption, run the same command again. It continues; nothing is moved twice.

          migrate --from sqlite:///data/geminichat.db --to postgresql://user:password@host/database
              from a single process to a cluster's database

          migrate --from-fastapi postgresql://user:password@host/database --to <database> [--region DE]
              from the FastAPI service that this one replaces, into postgresql://… or sqlite:///…

          --region  the country (ISO 3166-1, two letters) of mobile numbers that are stored without a country code

        Addresses are written as in DATABASE_URL; the path of a SQLite file starts from the working folder.
        Ends with 0 when all is moved, 1 when that is refused or has failed, 2 when the arguments are invalid.
        """;

    /// <summary>Parses the command line.</summary>
    /// <param name="words">The words after "migrate".</param>
    /// <param name="folder">The folder to which paths are relative.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="error">Why they cannot be parsed.</param>
    public static bool TryParse(
        IReadOnlyList<string> words,
        string folder,
        [NotNullWhen(true)] out MigrateArguments? arguments,
        [NotNullWhen(false)] out string? error)
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
                ParseAddress(given, isFastApi ? "--from-fastapi" : "--from", folder),
                isFastApi,
                ParseAddress(given, "--to", folder),
                ParseRegion(given));
            error = null;
        }
        catch (FormatException wrong)
        {
            error = wrong.Message;
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
