// Judges PDF files by veraPDF's rules and prints one JSON line per file and flavour. For tests only.
//
// The classes travel inside another product's jar, which has the rules but no way to ask for them by name;
// tests/vera/vera.py compiles this file on first use and starts it once for many files.
//
// Usage: Referee 3a,ua1 file.pdf [file.pdf ...]

import java.io.File;
import java.io.InputStream;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.RuleId;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;

public class Referee {
  private static final int CHECKS_REMEMBERED = 200;

  public static void main(String[] arguments) throws Exception {
    java.util.logging.LogManager.getLogManager().reset();
    VeraGreenfieldFoundryProvider.initialise();
    for (String flavour : arguments[0].split(",")) {
      ValidationProfile rules = rulesOf(flavour);
      for (int i = 1; i < arguments.length; i++) System.out.println(judge(arguments[i], flavour, rules));
    }
  }

  private static ValidationProfile rulesOf(String flavour) throws Exception {
    String name = flavour.startsWith("ua") ? "PDFUA-" + flavour.substring(2) : "PDFA-" + flavour.toUpperCase();
    try (InputStream file = Foundries.class.getResourceAsStream("/org/verapdf/pdfa/validation/" + name + ".xml")) {
      if (file == null) throw new IllegalArgumentException("no rules for " + flavour);
      return Profiles.profileFromXml(file);
    }
  }

  private static String judge(String path, String flavour, ValidationProfile rules) {
    try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(path), PDFAFlavour.byFlavourId(flavour));
        PDFAValidator validator = Foundries.defaultInstance().createValidator(rules, CHECKS_REMEMBERED, false, false, false)) {
      ValidationResult result = validator.validate(parser);
      return line(path, flavour, result.getTotalAssertions(), broken(result));
    } catch (Exception error) {
      TreeMap<String, String> unreadable = new TreeMap<>();
      unreadable.put("unreadable", error.toString());
      return line(path, flavour, 0, unreadable);
    }
  }

  private static TreeMap<String, String> broken(ValidationResult result) {
    TreeMap<String, String> found = new TreeMap<>();
    for (RuleId rule : result.getFailedChecks().keySet()) found.put(named(rule), "");
    for (TestAssertion each : result.getTestAssertions()) {
      if (each.getStatus() != TestAssertion.Status.FAILED) continue;
      String text = each.getErrorMessage() != null ? each.getErrorMessage() : each.getMessage();
      found.put(named(each.getRuleId()), text + " @ " + each.getLocation().getContext());
    }
    return found;
  }

  private static String named(RuleId rule) {
    return rule.getClause() + "-" + rule.getTestNumber();
  }

  private static String line(String path, String flavour, int checks, TreeMap<String, String> broken) {
    StringJoiner rules = new StringJoiner(",", "[", "]");
    broken.forEach((rule, text) -> rules.add(quoted(rule + ": " + text)));
    return "{\"path\":" + quoted(path) + ",\"flavour\":" + quoted(flavour) + ",\"checks\":" + checks + ",\"broken\":" + rules + "}";
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char each : text.toCharArray()) {
      if (each == '"' || each == '\\') out.append('\\').append(each);
      else if (each < 32) out.append(' ');
      else out.append(each);
    }
    return out.append('"').toString();
  }
}
