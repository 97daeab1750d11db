using Sallyport.Agent.Host;

namespace Sallyport.Agent.Sinks;

/// <summary>The folder that a run leaves its files in. Everything in it is written with the calling user's rights.</summary>
internal sealed class OutputFolder(string path, UserAccount owner)
{
    private const int BufferBytes = 64 * 1024;

    internal string Path { get; } = path;

    internal UserAccount Owner { get; } = owner;

    /// <summary>Makes the folder and proves that it can be written to, before anything is started.</summary>
    internal void Prepare(string jobId)
    {
        try
        {
            new UserFiles(Owner).Run(() =>
            {
                _ = Directory.CreateDirectory(Path);
                var probe = System.IO.Path.Combine(Path, $".{jobId}");
                File.WriteAllText(probe, string.Empty);
                File.Delete(probe);
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(
                ExitCode.CannotWrite,
                $"the output folder {Path} cannot be written by {Owner.Name}: {e.Message}; name another with --output; nothing was started");
        }
    }

    /// <summary>Writes one file; gives the reason when it could not be written whole.</summary>
    internal string? Write(string name, Action<Stream> content)
    {
        try
        {
            new UserFiles(Owner).Run(() =>
            {
                using var stream = File.Create(System.IO.Path.Combine(Path, name), BufferBytes);
                content(stream);
            });
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{name}: {e.Message}";
        }
    }
}
