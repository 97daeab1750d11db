using Sallyport.Agent.Configuration;
using Sallyport.Policy.Machine;

namespace Sallyport.Agent.Upload;

/// <summary>Where the key of a server is read from: a file, so that no list of processes shows it.</summary>
internal static class Credentials
{
    /// <summary>Reads a key.</summary>
    /// <exception cref="CommandFailure">The file cannot be read, or holds no key.</exception>
    internal static UploadTarget Target(string server, string? keyFile)
    {
        if (!ServerAddress.TryRead(server, out var address))
        {
            throw new CommandFailure(ExitCode.Usage, $"--server: '{server}' is not the address of a server; accepted: {ServerAddress.Accepted}");
        }

        if (keyFile is null)
        {
            throw new CommandFailure(ExitCode.Usage, "--server needs --api-key-file FILE: the server's page 'API keys' makes one");
        }

        try
        {
            var text = ReadStart(keyFile).Trim();
            return UploadTarget.IsCredential(text)
                ? new UploadTarget(address, text)
                : throw new CommandFailure(ExitCode.UnreadableInput, $"{keyFile} holds no API key: letters, digits and -._~+/= in one line");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.UnreadableInput, $"{keyFile} cannot be read: {e.Message}");
        }
    }

    /// <summary>The machine's own server; null when agent.yml names none.</summary>
    /// <exception cref="CommandFailure">Its key file cannot be read, is not root's alone, or holds no key.</exception>
    internal static UploadTarget? OfMachine(MachineSettings settings)
    {
        if (settings is not { Server: { } server, ServerKeyFile: { } file })
        {
            return null;
        }

        MachineSettingsFile.RequireSecret(file);
        return Target(server.ToString(), file) with { Proxy = settings.ServerProxy };
    }

    private static string ReadStart(string path)
    {
        using var reader = new StreamReader(path);
        var buffer = new char[UploadTarget.MaximumCredential + 2];
        return new string(buffer, 0, reader.ReadBlock(buffer));
    }
}
