using System.Globalization;

namespace Sallyport.Runner.Service;

/// <summary>A line of /etc/passwd.</summary>
internal sealed record Account(string Name, uint UserId, uint GroupId, string Home)
{
    public static Account Find(string name)
    {
        string[] fields = File.ReadLines("/etc/passwd").Select(line => line.Split(':'))
            .FirstOrDefault(line => line.Length >= 6 && line[0] == name)
            ?? throw new RunnerException($"--user {name}: /etc/passwd has no such user.");
        return new Account(name, uint.Parse(fields[2], CultureInfo.InvariantCulture),
            uint.Parse(fields[3], CultureInfo.InvariantCulture), fields[5]);
    }
}
