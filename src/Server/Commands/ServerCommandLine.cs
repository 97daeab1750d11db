using System.CommandLine;

namespace Sallyport.Server.Commands;

/// <summary>The command line of sallyport-server.</summary>
internal static class ServerCommandLine
{
    public static ParseResult Parse(string[] arguments)
    {
        var root = new RootCommand("Runtime security for CI runners: every run of every repository. Without a command it serves.");
        ServeCommand.AddTo(root);
        AdminLinkCommand.AddTo(root);
        ApiKeyCommand.AddTo(root);
        PolicyCommand.AddTo(root);
        DenyListCommand.AddTo(root);
        OverrideCommand.AddTo(root);
        SettingsCommand.AddTo(root);
        BackupCommand.AddTo(root);
        RestoreCommand.AddTo(root);
        ForgetKeysCommand.AddTo(root);
        return root.Parse(arguments);
    }
}
