using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.Files;

/// <summary>The form of an upload.</summary>
/// <param name="File">The file, with its name.</param>
internal sealed record FileForm(IFormFile File);

/// <summary>A file.</summary>
/// <param name="Id">To attach it to a message by.</param>
/// <param name="Name">Its name, without path.</param>
/// <param name="MediaType">What its content is; the name does not count.</param>
/// <param name="Size">In bytes.</param>
/// <param name="CreatedAt">When it was uploaded.</param>
internal sealed record FileResponse(Guid Id, string Name, string MediaType, long Size, DateTimeOffset CreatedAt)
{
    public static FileResponse Of(UserFile file) => new(file.Id, file.Name, file.MediaType, file.Size, file.CreatedAt);
}

/// <summary>A file of a message.</summary>
/// <param name="Id">The file.</param>
/// <param name="Name">Its name.</param>
/// <param name="MediaType">What its content is.</param>
/// <param name="Size">In bytes.</param>
internal sealed record AttachmentResponse(Guid Id, string Name, string MediaType, long Size)
{
    public static AttachmentResponse Of(Attachment file) => new(file.Id, file.Name, file.MediaType, file.Size);
}

/// <summary>The file in a path.</summary>
internal sealed record FilePath(Guid Id, Problem? Problem) : IValidatedParameter, IEndpointParameterMetadataProvider
{
    private const string Parameter = "file_id";

    public static string Of(Guid fileId) => $"/files/{fileId:D}";

    public static ValueTask<FilePath> BindAsync(HttpContext context) =>
        new(Guid.TryParseExact((string)context.Request.RouteValues[Parameter]!, "D", out var id)
            ? new FilePath(id, null)
            : new FilePath(Guid.Empty, FileProblems.NotFound));

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new RequestParameter(Parameter, ParameterLocation.Path));
        builder.Metadata.Add(new ProblemResponse(FileProblems.NotFound));
    }
}

/// <summary>Examples for the OpenAPI document.</summary>
internal static class FileExamples
{
    public static UserFile File { get; } = new(
        Example.FileId, "graph.png", MediaTypes.Png, 48_213, "", Example.Time);

    public static JsonNode Form => new JsonObject { ["file"] = "\u0089PNG" };

    public static FileResponse Response { get; } = FileResponse.Of(File);
}
