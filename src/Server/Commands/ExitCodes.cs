namespace Sallyport.Server.Commands;

/// <summary>As the agent's (DESIGN §5).</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int WrongArguments = 64;
    public const int UnreadableInput = 66;
    public const int Failed = 70;
    public const int UnwritableOutput = 73;
}
