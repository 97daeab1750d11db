namespace Sallyport.Runner.Workflows;

/// <summary><c>owner/repo[/path]@ref</c>.</summary>
internal sealed record ActionReference(string Repository, string Path, string Ref)
{
    /// <summary>What an archive is kept under: the path is inside of it.</summary>
    public string Key => $"{Repository}@{Ref}";

    public static ActionReference Parse(string uses)
    {
        string[] halves = uses.Split('@');
        string[] parts = halves[0].Split('/');
        return halves is [_, { Length: > 0 } reference] && parts.Length >= 2
            && parts.All(part => part is not ("" or "." or ".."))
            ? new ActionReference($"{parts[0]}/{parts[1]}", string.Join('/', parts[2..]), reference)
            : throw new RunnerException($"'uses: {uses}': owner/repo@ref, ./path or docker://image is expected.");
    }
}
