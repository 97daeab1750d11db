using System.Diagnostics;
using System.IO.Compression;

namespace Sallyport.Lab.Servers;

/// <summary>
/// What a clone from any host of the world gets: one small repository with one commit, by git's smart protocol over HTTP
/// (gitprotocol-http). It is made once per test process and serves every name below /local/.
/// </summary>
internal static class GitRepository
{
    private const string Service = "git-upload-pack";
    private static readonly Lazy<string> s_folder = new(Make);

    internal static bool Serves(HttpHead head) => head.Target.StartsWith("/local/", StringComparison.Ordinal)
        && head.Target.Contains(Service, StringComparison.Ordinal);

    /// <summary>Content type and content of the answer.</summary>
    internal static async Task<(string ContentType, byte[] Content)> AnswerAsync(HttpHead head, byte[] request)
    {
        if (head.Method != "POST")
        {
            byte[] references = await UploadPackAsync(["--advertise-refs"], []);
            return ($"application/x-{Service}-advertisement", [.. "001e# service=git-upload-pack\n0000"u8, .. references]);
        }

        if (head.IsCompressed)
        {
            using var packed = new GZipStream(new MemoryStream(request), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            await packed.CopyToAsync(plain);
            request = plain.ToArray();
        }

        return ($"application/x-{Service}-result", await UploadPackAsync([], request));
    }

    private static async Task<byte[]> UploadPackAsync(string[] options, byte[] input)
    {
        using var process = Git(null, ["upload-pack", "--stateless-rpc", .. options, s_folder.Value]);
        var sending = Task.Run(async () =>
        {
            await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
        });
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await sending;
        await process.WaitForExitAsync();
        return output.ToArray();
    }

    private static string Make()
    {
        var folder = Path.Combine(
            AppContext.BaseDirectory, "git", $"{Environment.ProcessId}-{Environment.TickCount64}");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "README.md"), "# A repository of the laboratory\n");
        string[] author = ["-c", "user.name=Lab", "-c", "user.email=lab@allowed.test"];
        string[][] commands =
        [
            ["init", "--quiet", "--initial-branch=main"], ["add", "README.md"],
            [.. author, "commit", "--quiet", "--message", "First"],
        ];
        foreach (var command in commands)
        {
            using var process = Git(folder, command);
            process.StandardInput.Close();
            var said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new LabException($"git {string.Join(' ', command)}: exit {process.ExitCode}\n{said}");
            }
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }

    private static Process Git(string? folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/git", ["-c", "safe.directory=*", .. arguments])
        {
            WorkingDirectory = folder ?? "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["HOME"] = AppContext.BaseDirectory;
        return Process.Start(start) ?? throw new LabException("git was not started.");
    }
}
